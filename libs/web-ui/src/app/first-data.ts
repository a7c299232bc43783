/** What the server wrote into the page, by the path the app would have asked; empty when it wrote nothing. */
export function firstData(): Readonly<Record<string, unknown>> {
  const written = document.getElementById('first-data')?.textContent;
  return written ? (JSON.parse(written) as Record<string, unknown>) : {};
}
