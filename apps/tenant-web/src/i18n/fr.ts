import type { SameKeys } from '@hansa/web-ui';
import type { en } from './en.js';

export const fr: SameKeys<typeof en> = {
  brand: 'Place de marché',
  signIn: { lead: 'La place de marché de votre boutique' },
  nav: { browse: 'Parcourir' },
};
