/** A button that takes a sign-in link. `token` is the link's own, checked by its shape before it gets here. */
export function signInPage(token: string): string {
  return page(
    'Sign in',
    `<form method="post" action="/portal/sign-in?token=${token}"><button autofocus>Sign in</button></form>`,
  );
}

/** For a link that is used, expired, or none at all. */
export function refusedLinkPage(): string {
  return page('Sign in', '<p>This link was used already or has expired. Ask for another.</p>');
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}
