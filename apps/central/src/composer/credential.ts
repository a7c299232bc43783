/** Longest `Authorization` header that is read. */
const MAX_HEADER = 512;

/** The package token of a request: `Bearer <TOKEN>`, or `Basic` with it as the password of any user name. */
export function readCredential(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_HEADER) return undefined;
  const [, scheme, value] = /^(Bearer|Basic) +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization) ?? [];
  if (value === undefined) return undefined;
  if (scheme!.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}
