import { type FastifyReply } from 'fastify';
import { html, type Html } from './html.js';

/** A whole page. It has no script and works without one. */
export function layout(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/sandbox.css" />
      </head>
      <body>
        <p class="notice">Stripe sandbox: a test page, no money moves</p>
        ${body}
      </body>
    </html> `;
}

/**
 * Sends a page under a policy that runs no script and loads nothing from elsewhere, so markup that slipped into a
 * product name could do nothing. Browsers hold a form to `form-action` through every redirect that follows it: the
 * shop's page, local ones and any over https are listed, because a success page may send the customer on.
 */
export function sendPage(
  reply: FastifyReply,
  status: number,
  page: Html,
  formTargets: readonly string[] = [],
): FastifyReply {
  const forms = [
    "'self'",
    'http://localhost:*',
    'http://127.0.0.1:*',
    'https:',
    ...formTargets.map((url) => new URL(url).origin),
  ];
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action ${[...new Set(forms)].join(' ')}`,
  ];
  return reply
    .code(status)
    .header('content-security-policy', policy.join('; '))
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'same-origin')
    .header('x-content-type-options', 'nosniff')
    .type('text/html; charset=utf-8')
    .send(page.text);
}

/** A page that only says something, with somewhere to go. */
export function messagePage(
  title: string,
  text: string,
  link: { readonly href: string; readonly label: string } | null = null,
): Html {
  return layout(
    title,
    html`<main class="card narrow">
      <h1>${title}</h1>
      <p>${text}</p>
      ${link && html`<p><a class="button" href="${link.href}">${link.label}</a></p>`}
    </main>`,
  );
}
