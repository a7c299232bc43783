/** How the screens are built: the same for every app. `webApp(root)` is the Vite configuration of the app in that folder. */
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';

/** Stands in the built page where the server puts the nonce of its answer (Content-Security-Policy). */
export const NONCE = '__CSP_NONCE__';

export function webApp(root, { outDir = 'dist/site' } = {}) {
  return {
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [react(), paintFirst()],
    resolve: { conditions: ['hansa-source', 'module', 'browser', 'production'] },
    html: { cspNonce: NONCE },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // These know light-dark(); for older ones it would become variables that nobody sets.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      // No file is inlined as a data: URL, which the Content-Security-Policy would refuse.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      // tools/build-web.mjs weighs the first load instead.
      chunkSizeWarningLimit: 5_000,
    },
  };
}

/**
 * Makes the first paint wait for nothing: the few styles it needs (`src/app/first-paint.css`) stand in the page, and the sheets come after
 * its content, which browsers paint before they have them. The app's scripts wait for the sheets, as they would in the head.
 */
function paintFirst() {
  return {
    name: 'paint-first',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const sheets = html.match(/<link rel="stylesheet"[^>]*>/g) ?? [];
        const styles = readFileSync(new URL('src/app/first-paint.css', import.meta.url), 'utf8').replace(
          /\/\*.*?\*\/|\s+/gs,
          ' ',
        );
        return sheets
          .reduce((page, sheet) => page.replace(sheet, ''), html)
          .replace('</head>', () => `<style nonce="${NONCE}">${styles.trim()}</style>\n  </head>`)
          .replace('</body>', () => `${sheets.join('\n    ')}\n  </body>`);
      },
    },
  };
}
