/** A decoded form: text, or a table of named parts. Lists are tables with the names 0, 1, 2 and so on. */
export type FormValue = string | FormFields;
export type FormFields = Map<string, FormValue>;

/** The text is not a form the API accepts; the message says why. */
export class FormError extends Error {}

const MAX_FIELDS = 2000;
const MAX_DEPTH = 8;

/**
 * Decodes `a[b][0]=c` the way Stripe's clients encode it; `a[]=c` appends. Maps instead of objects, so that a field
 * called `__proto__` is a field and nothing else.
 *
 * @throws {FormError} for bad percent or UTF-8 encoding, unbalanced brackets, too many or too deep fields, or a name
 * used both for a text and for a table
 */
export function decodeForm(text: string): FormFields {
  const root: FormFields = new Map();
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > MAX_FIELDS) throw new FormError(`more than ${MAX_FIELDS} fields`);
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    set(root, segmentsOf(name), decode(equals < 0 ? '' : pair.slice(equals + 1)));
  }
  return root;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new FormError('bad percent encoding');
  }
}

function segmentsOf(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (!match) throw new FormError('unbalanced brackets in a field name');
  const segments = [match[1]!, ...(match[2] === '' ? [] : match[2]!.slice(1, -1).split(']['))];
  if (segments.length > MAX_DEPTH) throw new FormError(`a field nested deeper than ${MAX_DEPTH}`);
  return segments;
}

function set(fields: FormFields, [name, ...inner]: string[], value: string): void {
  const key = name === '' || name === undefined ? String(fields.size) : name;
  const there = fields.get(key);
  if (inner.length === 0) {
    if (there instanceof Map) throw new FormError(`${key} is both a text and a table`);
    fields.set(key, value);
    return;
  }
  if (typeof there === 'string') throw new FormError(`${key} is both a text and a table`);
  const table = there ?? new Map<string, FormValue>();
  fields.set(key, table);
  set(table, inner, value);
}

/** One text for equal forms, whatever order their fields came in. */
export function canonicalForm(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const fields = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalForm(inner)}`).join()}}`;
}
