import { PACKAGE_NAME } from './package-prefix.js';

/** Largest `composer.json` that is read, in bytes. */
export const MAX_COMPOSER_JSON = 256 * 1024;

/** U+0000 and halves of surrogate pairs, escaped: PostgreSQL cannot store them. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

type Json = Readonly<Record<string, unknown>>;

/** What a `composer.json` says about its package. Keys that speak to the root project only are left out. */
export interface ComposerJson {
  readonly name: string;
  /** What the author wrote as version, if anything. */
  readonly version: string | undefined;
  readonly description: string;
  /** The keys a repository repeats, in a fixed order. */
  readonly metadata: Json;
}

export type ComposerJsonVerdict =
  | { readonly ok: true; readonly json: ComposerJson }
  | { readonly ok: false; readonly reason: 'NOT_JSON' | 'NAME_INVALID' | 'FIELD_INVALID'; readonly field?: string };

const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMap = (value: unknown): boolean => isObject(value) && Object.values(value as object).every(isText);
/** PHP writes an empty map as `[]`. */
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const isLinks = (value: unknown): boolean => isMap(value) || isEmptyList(value);

/** Keys a repository repeats and what each must be; a client trusts their types. */
const REPEATED: Readonly<Record<string, (value: unknown) => boolean>> = {
  description: isText,
  keywords: isTexts,
  homepage: isText,
  license: (value) => isText(value) || isTexts(value),
  authors: (value) => Array.isArray(value) && value.every(isObject),
  type: isText,
  require: isLinks,
  'require-dev': isLinks,
  conflict: isLinks,
  replace: isLinks,
  provide: isLinks,
  suggest: isLinks,
  autoload: (value) => isObject(value) || isEmptyList(value),
  bin: (value) => isText(value) || isTexts(value),
  'include-path': isTexts,
  'target-dir': isText,
  extra: (value) => isObject(value) || isEmptyList(value),
  support: (value) => isObject(value) || isEmptyList(value),
  funding: (value) => Array.isArray(value) && value.every(isObject),
  abandoned: (value) => typeof value === 'boolean' || isText(value),
};

/** Reads the text of a `composer.json`. Keys a repository does not repeat (`repositories`, `dist`, `scripts`, …) are ignored. */
export function readComposerJson(text: string): ComposerJsonVerdict {
  const value = parse(text);
  if (!isObject(value)) return { ok: false, reason: 'NOT_JSON' };
  const given = value as Json;
  const { name, version } = given;
  if (typeof name !== 'string' || name.length > 150 || !PACKAGE_NAME.test(name))
    return { ok: false, reason: 'NAME_INVALID' };
  if (version !== undefined && typeof version !== 'string')
    return { ok: false, reason: 'FIELD_INVALID', field: 'version' };
  const metadata: Record<string, unknown> = {};
  for (const [key, fits] of Object.entries(REPEATED)) {
    if (!Object.hasOwn(given, key)) continue;
    if (!fits(given[key])) return { ok: false, reason: 'FIELD_INVALID', field: key };
    if (!isEmptyList(given[key])) metadata[key] = key === 'license' && isText(given[key]) ? [given[key]] : given[key];
  }
  metadata['type'] ??= 'library';
  const description = typeof given['description'] === 'string' ? given['description'] : '';
  return { ok: true, json: { name, version, description, metadata } };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return UNSTORABLE.test(JSON.stringify(value)) ? undefined : value;
  } catch {
    return undefined;
  }
}
