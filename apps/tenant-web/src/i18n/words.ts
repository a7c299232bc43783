import { wordsOf } from '@hansa/web-ui';
import type { en } from './en.js';

export const useWords = wordsOf<typeof en>('app');
