import canonicalizeModule from 'canonicalize';

// The package exports the function itself (CommonJS) while its types describe a default export.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** The RFC 8785 form of a plain JSON object: one text per value, so that a signature covers a value and not a spelling. */
export function canonicalJson(value: object): string {
  return canonicalize(value) ?? '';
}
