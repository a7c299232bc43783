const MAX_LENGTH = 2048;

/**
 * Returns where a browser may be sent, or null. Send the answer, never the input: it is what the parser understood.
 * Check at use, not only when the value is stored.
 *
 * Allowed are paths (`/x`, resolved against `base`, by default the first allowed origin) and URLs spelled with one of
 * `allowedOrigins` exactly. An origin is written as `URL.origin` prints it. An `http:` URL passes only when its own origin
 * is listed as `http:`, which is for development on a loopback address.
 */
export function safeRedirect(
  input: string,
  allowedOrigins: readonly string[],
  base: string | undefined = allowedOrigins[0],
): string | null {
  // Parsers strip or rewrite these (tab, line break, space, backslash), so what they see is not what was checked.
  if (input.length > MAX_LENGTH || Array.from(input).some(isTreacherous)) return null;
  // `//host`, `https:host` and `https:/host` mean different things to different parsers.
  const isPath = /^\/(?!\/)/.test(input);
  const isSpelledOut = allowedOrigins.some(
    (origin) => input.startsWith(origin) && /^([/?#]|$)/.test(input.slice(origin.length)),
  );
  if (!isPath && !isSpelledOut) return null;
  if (!URL.canParse(input, base)) return null;
  const url = new URL(input, base);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' && allowedOrigins.includes(url.origin) ? url.href : null;
}

/** U+0000 to U+0020, U+007F and the backslash (security rule 4.3). */
function isTreacherous(character: string): boolean {
  return character <= ' ' || character === '\u007f' || character === '\\';
}
