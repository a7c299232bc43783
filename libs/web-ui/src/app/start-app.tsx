import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './app.css';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider, type AnyRouter } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import type { Api } from '../api/client.js';
import { ApiContext, createQueryClient } from '../api/use-api.js';
import { startI18n, type AppWords } from '../i18n/start-i18n.js';
import { Themed } from './themed.js';

export interface AppOptions {
  readonly api: Api;
  readonly words: AppWords;
  readonly router: (queryClient: QueryClient) => AnyRouter;
}

/** Shows an app in `#root`, with everything its pages may use around it. */
export async function startApp({ api, words, router }: AppOptions): Promise<void> {
  // Where the library behind dialogs looks for the nonce of the style that keeps the page behind from scrolling.
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
  const i18n = await startI18n(words);
  const queryClient = createQueryClient();
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <Themed styleNonce={styleNonce}>
          <Notifications position="bottom-right" autoClose={6_000} />
          <ApiContext value={api}>
            <QueryClientProvider client={queryClient}>
              <RouterProvider router={router(queryClient)} />
            </QueryClientProvider>
          </ApiContext>
        </Themed>
      </I18nextProvider>
    </StrictMode>,
  );
}

/** Styles made in the browser are allowed by the nonce of this very answer (Content-Security-Policy). */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
}
