import type { SameKeys } from '@hansa/web-ui';
import type { en } from './en.js';

export const fr: SameKeys<typeof en> = {
  brand: 'Hansa',
  signIn: { lead: 'Des plugins et des thèmes pour votre boutique' },
};
