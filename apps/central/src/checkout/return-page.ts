import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --ground: #f4f5f7; --line: #d8dce1; --mark: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #a5adb7; --paper: #1d2126; --ground: #14171a; --line: #333a42; --mark: #8ab4f8; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 440px; padding: 32px 24px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: 0 0 8px; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 16px; color: var(--soft); overflow-wrap: anywhere; }
a, button { display: inline-block; margin: 0 8px 8px 0; padding: 10px 18px; border: 1px solid currentColor; border-radius: 8px; background: none; color: var(--mark);
  font: inherit; font-weight: 600; text-decoration: none; overflow-wrap: anywhere; cursor: pointer; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
`;

/** Headers of the return pages: nothing is loaded or framed, and what stands in the address goes to nobody. */
export const RETURN_PAGE_HEADERS = headersWith("'none'");
/** The same for a page with a button, which only this hub gets to know of. */
export const BUTTON_PAGE_HEADERS = headersWith("'self'");

function headersWith(formAction: string): Readonly<Record<string, string>> {
  const style = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${style}; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

/** What a page says about an order. `baseUrl` is the shop's registered address; nothing in it comes from the browser. */
export interface ReturnPage {
  readonly title: string;
  readonly text: string;
  readonly baseUrl: string | undefined;
  /** Goes along with the way back as `order_status`, for the words of the shop's screens. */
  readonly outcome?: 'success' | 'cancelled';
  /** Whether it also leads to the portal: a license may have been extended from there. */
  readonly toPortal?: boolean;
  /** What is sent to this hub when it is pressed. */
  readonly button?: { readonly path: string; readonly label: string };
}

export function renderReturnPage({ title, text, baseUrl, outcome, toPortal = false, button }: ReturnPage): string {
  const portal = toPortal ? '\n<a href="/merchant/licenses">Your licenses</a>' : '';
  const back =
    baseUrl === undefined
      ? ''
      : `\n<a href="${escapeHtml(withOutcome(baseUrl, outcome))}">Back to ${escapeHtml(hostOf(baseUrl))}</a>`;
  const form = button
    ? `\n<form method="post" action="${escapeHtml(button.path)}"><button autofocus>${escapeHtml(button.label)}</button></form>`
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>${form}${portal}${back}
</main>
</body>
</html>
`;
}

function withOutcome(url: string, outcome: ReturnPage['outcome']): string {
  if (outcome === undefined || !URL.canParse(url)) return url;
  const address = new URL(url);
  address.searchParams.set('order_status', outcome);
  return address.href;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'your shop';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
