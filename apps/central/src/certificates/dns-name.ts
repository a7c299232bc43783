const MAX_NAME = 253;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
/** Top-level names that lead nowhere public (RFC 6761, RFC 6762, RFC 7686, ICANN's `internal`). `example` and `test` are left to DNS. */
const PRIVATE_SUFFIXES: ReadonlySet<string> = new Set([
  'localhost',
  'local',
  'internal',
  'invalid',
  'onion',
  'arpa',
  'lan',
  'home',
  'corp',
]);

/** Whether a CA may be asked for this name: a full host name in lower case, no address, no wildcard, no name of a private network. */
export function isPublicDnsName(name: string): boolean {
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  if (name.length > MAX_NAME || labels.length < 2 || !labels.every((label) => LABEL.test(label))) return false;
  // An all-numeric last label makes it an IPv4 address in one of its spellings.
  return !/^(\d+|0x[0-9a-f]*)$/.test(last) && !PRIVATE_SUFFIXES.has(last);
}
