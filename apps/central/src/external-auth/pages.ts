import type { PublicExternalAuthCode } from '@hansa/external-auth';
import type { SignedInMerchant } from '#accounts';

const WORDS: Record<PublicExternalAuthCode, string> = {
  token_missing: 'There was no sign-in token in the request.',
  token_malformed: 'The sign-in token cannot be read.',
  token_invalid: 'The sign-in token is not from a platform this store knows.',
  token_expired: 'The sign-in link has expired. Go back and click it again.',
  token_lifetime_too_long: 'The sign-in token is valid for longer than this store allows.',
  token_replayed: 'The sign-in link was used already. Go back and click it again.',
  email_conflict: 'Your e-mail address belongs to another account here.',
  account_not_allowed: 'Your account cannot be signed in to from another platform.',
};

/** Shown when no issuer was recognized, so there is no address to lead back to. */
export function refusalPage(code: PublicExternalAuthCode): string {
  return page('Sign-in refused', `<p>${WORDS[code]}</p><p><code>${code}</code></p>`);
}

export interface PortalView {
  readonly merchant: SignedInMerchant;
  /** Where the person was going when somebody else turned out to be signed in on this browser. */
  readonly continueTo: string | null;
}

/** Who is signed in; the place a person is led to first when the browser belonged to somebody else a moment ago. */
export function portalPage({ merchant, continueTo }: PortalView): string {
  const name = merchant.emailGenerated ? 'a person without an e-mail address' : merchant.email;
  const from = merchant.issuer === null ? '' : `<p>Signed in through ${escape(merchant.issuer)}.</p>`;
  const onward =
    continueTo === null ? '' : `<p>Somebody else was signed in here before.</p>${link(continueTo, 'Continue')}`;
  const back = merchant.readerExitUrl === null ? '' : link(merchant.readerExitUrl, 'Back to your platform');
  const licenses = link('/merchant/licenses', 'Licenses and payments');
  const out = '<form method="post" action="/auth/logout"><button>Sign out</button></form>';
  return page(
    'Portal',
    `<p>Signed in as <strong id="who">${escape(name)}</strong>.</p>${from}${onward}${licenses}${back}${out}`,
  );
}

/** For a browser in which nobody is signed in. */
export function signedOutPage(): string {
  return page('Portal', '<p>You are not signed in. Come in through your platform.</p>');
}

function link(href: string, text: string): string {
  return `<p><a href="${escape(href)}" rel="noreferrer">${text}</a></p>`;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
