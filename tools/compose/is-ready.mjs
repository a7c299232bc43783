/** Ends well when the address answers 200: the image has no curl. */
const response = await fetch(process.argv[2]).catch(() => undefined);
process.exit(response?.status === 200 ? 0 : 1);
