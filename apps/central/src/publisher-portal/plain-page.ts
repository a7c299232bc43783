import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --ground: #f4f5f7; --line: #d8dce1; --mark: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #a5adb7; --paper: #1d2126; --ground: #14171a; --line: #333a42; --mark: #8ab4f8; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 24px 16px; background: var(--ground); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 640px; margin: 0 auto; padding: 32px 24px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin-top: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.1rem; }
label { display: block; margin: 16px 0 4px; font-weight: 600; }
input { width: 100%; padding: 10px; border: 1px solid var(--soft); border-radius: 8px; background: var(--paper); color: var(--ink); font: inherit; }
button { margin-top: 16px; padding: 10px 18px; border: 0; border-radius: 8px; background: var(--mark); color: var(--paper); font: inherit;
  font-weight: 600; cursor: pointer; }
a { color: var(--mark); }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
`;

/** A page for people that needs nothing but itself. */
export interface PlainPage {
  readonly title: string;
  /** HTML; nothing in it comes from a request. */
  readonly content: string;
  readonly script?: string;
}

/** Headers of a page: nothing is loaded, framed or told to other hosts, and only its own script runs. */
export function headersOf({ script }: PlainPage): Record<string, string> {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const scripts = script === undefined ? '' : ` script-src ${hash(script)}; connect-src 'self';`;
  const rest = `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${hash(STYLE)};${scripts} ${rest}`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

export function renderPage({ title, content, script }: PlainPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>${script === undefined ? '' : `\n<script>${script}</script>`}
</body>
</html>
`;
}
