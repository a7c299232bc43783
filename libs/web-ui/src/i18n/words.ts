import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** The languages every screen speaks; the first stands in for all others. */
export const LANGUAGES = ['en', 'de', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Texts of one part of the screens, by nested keys. `n_one` and `n_other` are the forms of the key `n`. */
export interface Words {
  readonly [key: string]: string | Words;
}

/** The same keys with other texts: what `de.ts` and `fr.ts` must be, or they do not compile. */
export type SameKeys<T> = { readonly [K in keyof T]: T[K] extends string ? string : SameKeys<T[K]> };

type Form<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
/** `menu.open`, for every text there is. */
export type KeyOf<T> = {
  [K in keyof T & string]: T[K] extends string ? Form<K> : `${K}.${KeyOf<T[K]>}`;
}[keyof T & string];

export type Values = Readonly<Record<string, string | number>>;
export type Say<T> = (key: KeyOf<T>, values?: Values) => string;

/** The hook that speaks one part's texts in the language of the reader. `fallback` is said where a key has no text. */
export function wordsOf<T extends Words>(namespace: string) {
  return function useWords(): Say<T> & { readonly maybe: (key: string, fallback: string, values?: Values) => string } {
    const { t } = useTranslation(namespace);
    const say = useCallback((key: KeyOf<T>, values?: Values) => t(key, { ...values }), [t]);
    const maybe = useCallback(
      (key: string, fallback: string, values?: Values) => t(key, { ...values, defaultValue: fallback }),
      [t],
    );
    return Object.assign(say, { maybe });
  };
}

/** Every key with its text: `menu.open`. */
export function flatten(words: Words, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

/** What keeps `other` from saying all that `words` says: keys missing or extra, texts empty, values not mentioned. */
export function flawsOf(words: Words, other: Words): string[] {
  const [said, translated] = [flatten(words), flatten(other)];
  const extra = [...translated.keys()].filter((key) => !said.has(key)).map((key) => `${key} is extra`);
  const flaws = [...said].flatMap(([key, text]) => {
    const translation = translated.get(key);
    if (translation === undefined) return [`${key} is missing`];
    if (translation.trim() === '') return [`${key} is empty`];
    return valuesIn(text) === valuesIn(translation) ? [] : [`${key} has other values`];
  });
  return [...flaws, ...extra];
}

function valuesIn(text: string): string {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map(([, name]) => name)
    .sort()
    .join();
}
