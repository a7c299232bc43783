/** Deeper nesting than any token has; keeps hostile input from costing more than it should. */
const MAX_DEPTH = 8;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Decodes unpadded base64url, or answers null: no padding, no other alphabet, no stray bits, so one text per value. */
export function decodeBase64url(text: string): Buffer | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/**
 * Reads a JSON object the way a verifier must: UTF-8 only, no byte order mark, no member named twice at any level (two
 * parsers would otherwise read two different tokens under one signature), no deep nesting. Anything else is null.
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || isAmbiguous(text)) return null;
    return value as JsonObject;
  } catch {
    return null;
  }
}

/** Walks the tokens of text that `JSON.parse` has accepted, so only strings and brackets need telling apart. */
function isAmbiguous(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:[ \t\r\n]*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > MAX_DEPTH) return true;
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1)) as string; // "\u0061" and "a" are the same name
      const names = open.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
