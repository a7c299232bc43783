/** Headers that say nothing about the shop. */
const PLAIN_HEADERS = new Set(['accept', 'content-type', 'content-length', 'user-agent', 'range']);

/**
 * The names of everything a request carries: query, headers, and the members of a JSON body. Members below the first
 * level are left out, since keys of maps (`versions`) are values of the shop.
 */
export function fieldNames(url: URL, headers: Headers, body: string | undefined): string[] {
  const query = [...url.searchParams.keys()].map((name) => `query.${name}`);
  const header = [...headers.keys()].filter((name) => !PLAIN_HEADERS.has(name)).map((name) => `header.${name}`);
  return [...new Set([...query, ...header, ...bodyNames(body)])].map((name) => name.slice(0, 100)).slice(0, 100);
}

function bodyNames(body: string | undefined): string[] {
  if (body === undefined) return [];
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? Object.keys(value).map((name) => `body.${name}`) : ['body'];
  } catch {
    return ['body'];
  }
}
