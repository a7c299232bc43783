import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --ground: #f4f5f7; --line: #d8dce1; --mark: #0b57d0; --onmark: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #a5adb7; --paper: #1d2126; --ground: #14171a; --line: #333a42; --mark: #8ab4f8; --onmark: #10233f; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 480px; padding: 32px 24px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  overflow-wrap: anywhere; }
h1 { margin: 0 0 8px; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 16px; color: var(--soft); }
strong { color: var(--ink); }
ul { margin: 0 0 16px; padding-left: 20px; }
table { width: 100%; margin: 0 0 16px; border-collapse: collapse; }
th, td { padding: 8px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
td { padding-left: 16px; text-align: right; white-space: nowrap; }
del { color: var(--soft); }
label { display: block; margin: 0 0 4px; font-weight: 600; }
input[type=email] { width: 100%; margin: 0 0 16px; padding: 10px 12px; border: 1px solid var(--soft); border-radius: 8px; background: var(--paper);
  color: var(--ink); font: inherit; }
.choice { display: flex; flex-wrap: wrap; gap: 12px; }
button, a.act { display: inline-block; min-height: 44px; padding: 10px 18px; border: 1px solid var(--mark); border-radius: 8px; background: var(--mark);
  color: var(--onmark); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
button.plain, a.plain { background: transparent; color: var(--mark); }
a { color: var(--mark); }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * Headers of a page: it loads nothing, stays in no cache, and its address goes to nobody (security rule 4.2). `formTargets` are the
 * origins a form may lead to besides the hub: browsers hold the redirect after a form to `form-action` too. A page without a form
 * says so.
 */
export function pageHeaders(formTargets: readonly string[] | 'no form' = []): Readonly<Record<string, string>> {
  const targets = formTargets === 'no form' ? "'none'" : ["'self'", ...formTargets].join(' ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action ${targets}; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

/** Text that is safe in a page, made by `markup` only. */
export class Html {
  constructor(readonly text: string) {}
}

/** A piece of a page: what stands in the braces is text, unless it is a piece itself. */
export function markup(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const filled = values.map((value) =>
    typeof value === 'string'
      ? escapeHtml(value)
      : value instanceof Html
        ? value.text
        : value.map(({ text }) => text).join(''),
  );
  return new Html(parts.map((part, place) => part + (filled[place] ?? '')).join(''));
}

/** A whole page. It works without scripts, from 360 px on, light and dark. `language` is that of its words. */
export function page(title: string, body: Html, language = 'en'): string {
  return markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}

/** A page that only says something. */
export function notePage(title: string, text: string): string {
  return page(title, markup`<p>${text}</p>`);
}

/** The first of `languages` that `Accept-Language` asks for, as browsers send it: best first; else the first of all. */
export function languageOf<Language extends string>(
  header: string | undefined,
  languages: readonly [Language, ...Language[]],
): Language {
  const wanted = (header ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return wanted.map((tag) => languages.find((spoken) => spoken === tag)).find(Boolean) ?? languages[0];
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
