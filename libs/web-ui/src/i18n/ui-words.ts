import type { en } from './locales/en.js';
import { wordsOf } from './words.js';

/** What this library itself says. */
export const useUiWords = wordsOf<typeof en>('ui');
