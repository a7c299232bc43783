import { invalidParameter } from './api-error.js';
import { type FormFields, type FormValue } from './form.js';

const MAX_TEXT = 5000;

/**
 * Reads the parameters of one request and remembers which were read: `done` refuses the rest, so a misspelt parameter
 * is an error here as it is at Stripe. Every reader throws an `ApiError` that names the parameter.
 */
export class Params {
  private readonly read = new Set<string>();
  private readonly inner: Params[] = [];

  constructor(
    private readonly fields: FormFields,
    private readonly path = '',
  ) {}

  /** Whether the parameter has named parts, like `created[gte]`. */
  isTable(name: string): boolean {
    return this.fields.get(name) instanceof Map;
  }

  /** The parameter's full name, as errors write it: `line_items[0][price]`. */
  nameOf(name: string): string {
    return this.path === '' ? name : `${this.path}[${name}]`;
  }

  text(name: string, maxLength = MAX_TEXT): string | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string')
      throw invalidParameter(this.nameOf(name), 'Invalid string.', 'parameter_invalid_string');
    if (value === '') {
      throw invalidParameter(
        this.nameOf(name),
        `You passed an empty string for '${this.nameOf(name)}'.`,
        'parameter_invalid_empty',
      );
    }
    if (value.length > maxLength) {
      throw invalidParameter(
        this.nameOf(name),
        `Invalid string: must be at most ${maxLength} characters.`,
        'parameter_invalid_string',
      );
    }
    return value;
  }

  requiredText(name: string, maxLength = MAX_TEXT): string {
    return this.text(name, maxLength) ?? this.missing(name);
  }

  integer(name: string, min: number, max: number): number | undefined {
    const text = this.text(name, 30);
    if (text === undefined) return undefined;
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(value)) {
      throw invalidParameter(this.nameOf(name), `Invalid integer: ${text}`, 'parameter_invalid_integer');
    }
    if (value < min || value > max) {
      throw invalidParameter(
        this.nameOf(name),
        `This value must be from ${min} to ${max}.`,
        'parameter_invalid_integer',
      );
    }
    return value;
  }

  boolean(name: string): boolean | undefined {
    const text = this.oneOf(name, ['true', 'false']);
    return text === undefined ? undefined : text === 'true';
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = values.find((it) => it === text);
    if (value === undefined) {
      throw invalidParameter(this.nameOf(name), `Invalid ${this.nameOf(name)}: must be one of ${values.join(', ')}`);
    }
    return value;
  }

  email(name: string): string | undefined {
    const text = this.text(name, 512);
    if (text !== undefined && !isEmail(text)) {
      throw invalidParameter(this.nameOf(name), `Invalid email address: ${text.slice(0, 100)}`, 'email_invalid');
    }
    return text;
  }

  /** An http or https URL. Others are refused: the page links and redirects to it, `javascript:` would run there. */
  url(name: string): string | undefined {
    const text = this.text(name);
    if (text !== undefined && !/^https?:\/\/[^/]/i.test(text)) {
      throw invalidParameter(this.nameOf(name), 'Not a valid URL', 'url_invalid');
    }
    if (text !== undefined && !URL.canParse(text))
      throw invalidParameter(this.nameOf(name), 'Not a valid URL', 'url_invalid');
    return text;
  }

  object(name: string): Params | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') throw invalidParameter(this.nameOf(name), 'Invalid object');
    return this.child(value, this.nameOf(name));
  }

  objects(name: string): Params[] {
    return this.listed(name).map((value, index) => {
      const path = `${this.nameOf(name)}[${index}]`;
      if (typeof value === 'string') throw invalidParameter(path, 'Invalid object');
      return this.child(value, path);
    });
  }

  texts(name: string): string[] {
    return this.listed(name).map((value) => {
      if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT) {
        throw invalidParameter(this.nameOf(name), 'Invalid string.', 'parameter_invalid_string');
      }
      return value;
    });
  }

  /** Key-value pairs within Stripe's limits: 50 keys of 40 characters, values of 500. Empty values unset a key. */
  metadata(name = 'metadata', before: Readonly<Record<string, string>> = {}): Record<string, string> {
    const value = this.take(name);
    if (value === undefined) return { ...before };
    if (value === '') return {};
    if (typeof value === 'string') throw invalidParameter(this.nameOf(name), 'Invalid object');
    const result = new Map(Object.entries(before));
    for (const [key, text] of value) {
      if (typeof text !== 'string' || key.length > 40 || text.length > 500) {
        throw invalidParameter(this.nameOf(name), 'Metadata keys have up to 40 characters and values up to 500.');
      }
      if (text === '') result.delete(key);
      else result.set(key, text);
    }
    if (result.size > 50) throw invalidParameter(this.nameOf(name), 'Metadata can have up to 50 keys.');
    return Object.fromEntries(result);
  }

  /** Accepts parameters of Stripe's that change nothing in a sandbox. */
  ignore(...names: string[]): void {
    for (const name of names) this.read.add(name);
  }

  /** Refuses parameters nobody read. */
  done(): void {
    for (const name of this.fields.keys()) {
      if (!this.read.has(name)) {
        const param = this.nameOf(name).slice(0, 100);
        throw invalidParameter(param, `Received unknown parameter: ${param}`, 'parameter_unknown');
      }
    }
    for (const params of this.inner) params.done();
  }

  missing(name: string): never {
    throw invalidParameter(this.nameOf(name), `Missing required param: ${this.nameOf(name)}.`, 'parameter_missing');
  }

  private take(name: string): FormValue | undefined {
    this.read.add(name);
    return this.fields.get(name);
  }

  private listed(name: string): FormValue[] {
    const value = this.take(name);
    if (value === undefined || value === '') return [];
    if (typeof value === 'string') throw invalidParameter(this.nameOf(name), 'Invalid array');
    const entries = [...value].sort(([a], [b]) => Number(a) - Number(b));
    if (!entries.every(([key]) => /^\d{1,4}$/.test(key))) throw invalidParameter(this.nameOf(name), 'Invalid array');
    return entries.map(([, inner]) => inner);
  }

  private child(fields: FormFields, path: string): Params {
    const params = new Params(fields, path);
    this.inner.push(params);
    return params;
  }
}

/** Whether this looks like an e-mail address; the mail system has the last word. */
export function isEmail(text: string): boolean {
  return /^[^\s@<>"',;]{1,64}@[^\s@<>"',;]{1,255}$/.test(text) && !text.includes('..');
}
