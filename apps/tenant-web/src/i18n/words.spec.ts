import { flawsOf } from '@hansa/web-ui/words';
import { de } from './de.js';
import { en } from './en.js';
import { fr } from './fr.js';

describe('the texts of the screens', () => {
  it.each([
    ['German', de],
    ['French', fr],
  ])('are complete in %s', (_, words) => {
    expect(flawsOf(en, words)).toEqual([]);
  });
});
