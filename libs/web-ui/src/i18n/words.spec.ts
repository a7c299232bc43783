import { de } from './locales/de.js';
import { en } from './locales/en.js';
import { fr } from './locales/fr.js';
import { chosenLanguage } from './start-i18n.js';
import { flawsOf } from './words.js';

describe(flawsOf.name, () => {
  it('finds what is missing, extra, empty or forgets a value', () => {
    const words = { a: { b: 'Hello {{name}}', c: 'Bye', d: 'x' }, e: 'y' };
    const other = { a: { b: 'Hallo', d: ' ' }, e: 'y', f: 'z' };
    expect(flawsOf(words, other)).toEqual(['a.b has other values', 'a.c is missing', 'a.d is empty', 'f is extra']);
  });

  it.each([
    ['German', de],
    ['French', fr],
  ])('finds nothing in %s', (_, words) => {
    expect(flawsOf(en, words)).toEqual([]);
  });
});

describe(chosenLanguage.name, () => {
  it.each([
    ['fr', ['de-DE'], 'fr'],
    [null, ['nl-NL', 'de-AT', 'en'], 'de'],
    ['xx', ['es'], 'en'],
    [null, [], 'en'],
  ])('after %s, with a browser of %j, speaks %s', (before, preferred, language) => {
    expect(chosenLanguage(before, preferred)).toBe(language);
  });
});
