import { renderReturnPage } from '#checkout';

/** A button that takes a sign-in link. `token` is the link's own, checked by its shape before it gets here. */
export function signInPage(token: string): string {
  return renderReturnPage({
    title: 'Your portal',
    text: 'Purchases, licenses and invoices. The button opens it in this browser; it works once.',
    baseUrl: undefined,
    button: { path: `/portal/sign-in?token=${token}`, label: 'Sign in' },
  });
}

/** For a link that is used, expired, or none at all. */
export function refusedLinkPage(): string {
  const text = 'This link was used already or has expired. Ask for another where you got it.';
  return renderReturnPage({ title: 'Sign in', text, baseUrl: undefined });
}
