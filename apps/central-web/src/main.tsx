import { cookieNamed, createApi, startApp } from '@hansa/web-ui';
import { en } from './i18n/en.js';
import { createAppRouter } from './router.js';

const api = createApi({ csrfToken: () => cookieNamed('XSRF-ACCOUNT', document.cookie) });

await startApp({
  api,
  words: {
    en,
    de: async () => (await import('./i18n/de.js')).de,
    fr: async () => (await import('./i18n/fr.js')).fr,
  },
  router: createAppRouter,
});
