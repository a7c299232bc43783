import type { SameKeys } from '@hansa/web-ui';
import type { en } from './en.js';

export const de: SameKeys<typeof en> = {
  brand: 'Hansa',
  signIn: { lead: 'Plugins und Themes für Ihren Shop' },
};
