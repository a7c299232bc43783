import type { SameKeys } from '@hansa/web-ui';
import type { en } from './en.js';

export const de: SameKeys<typeof en> = {
  brand: 'Marktplatz',
  signIn: { lead: 'Der Marktplatz Ihres Shops' },
  nav: { browse: 'Stöbern' },
};
