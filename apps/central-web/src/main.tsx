import { cookieNamed, createApi, startApp } from '@hansa/web-ui';
import { en } from './i18n/en.js';
import { createAppRouter } from './router.js';
import { xsrfCookieOf } from './session/cookies.js';
import { sendAsPublisher } from './session/publisher-choice.js';

const api = createApi({
  csrfToken: (path) => cookieNamed(xsrfCookieOf(path), document.cookie),
  fetch: sendAsPublisher,
});

await startApp({
  api,
  words: {
    en,
    de: async () => (await import('./i18n/de.js')).de,
    fr: async () => (await import('./i18n/fr.js')).fr,
  },
  router: createAppRouter,
});
