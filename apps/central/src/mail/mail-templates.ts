import type { Block, Letter } from './render-mail.js';

export interface Amount {
  readonly amountMinor: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What somebody types to install packages from the hub's Composer repository. */
export interface ComposerAccess {
  readonly packages: readonly string[];
  /** Null when the customer has his token already. */
  readonly token: string | null;
}

/** How what was bought gets where it is used: a shop installs it, somebody types the key, or a server fetches its certificate. */
export type Reach = 'shop' | 'key' | 'certificate';

/** What each letter needs to be told. Times are ISO 8601; `name`s are what people call the thing. */
export interface MailValues {
  receipt: {
    readonly name: string;
    readonly licenseKey: string;
    /** Null for what was given away. */
    readonly paid: Amount | null;
    readonly expiresAt: string | null;
    readonly updatesUntil: string | null;
    readonly composer: ComposerAccess | null;
    readonly reaches: Reach;
  };
  /** Of everything that is paid for a license after the payment its receipt with the key is about. */
  'payment-received': {
    readonly name: string;
    readonly paid: Amount;
    /** What the payment was for. */
    readonly bought: 'term' | 'seats' | 'again';
    /** How many of them. */
    readonly seatsBought: number;
    /** How the license stands. */
    readonly seats: number;
    readonly expiresAt: string | null;
    readonly updatesUntil: string | null;
  };
  'composer-access': ComposerAccess;
  'renewal-reminder': { readonly name: string; readonly endsAt: string; readonly renewsItself: boolean };
  'payment-failed': { readonly name: string; readonly paid: Amount | null; readonly payUrl: string | null };
  'license-revoked': { readonly name: string; readonly reason: string };
  payout: Amount & { readonly publisher: string; readonly from: string; readonly to: string };
  'sign-in': { readonly link: string; readonly minutes: number };
  'email-proof': { readonly code: string; readonly minutes: number };
  'account-known': object;
  'password-reset': { readonly token: string; readonly minutes: number };
  'publisher-invitation': {
    readonly publisher: string;
    readonly role: string;
    readonly token: string;
    readonly days: number;
  };
  'release-step': {
    readonly marketplaceId: string;
    readonly version: string;
    readonly status: string;
    readonly note: string | null;
  };
  'release-alert': {
    readonly marketplaceId: string;
    readonly version: string;
    readonly messages: readonly string[];
  };
}

export type MailTemplate = keyof MailValues;

/** Writes the letter of a template. `hubUrl` is the hub's public origin. */
export type WriteLetter<T extends MailTemplate> = (values: MailValues[T], hubUrl: string) => Letter;

/** Every letter the hub writes. */
export const MAIL_TEMPLATES: { readonly [T in MailTemplate]: WriteLetter<T> } = {
  receipt: ({ name, licenseKey, paid, expiresAt, updatesUntil, composer, reaches }, hubUrl) => {
    const thanks = `Thank you for your purchase of ${name}.`;
    const sum = paid ? [['Paid', money(paid)] as const] : [];
    const link = { link: `${hubUrl}/portal`, words: 'See your licenses and invoices' };
    // Its key is of use to nobody, and how long it is good stands in the certificate.
    if (reaches === 'certificate') {
      const fetched = 'The server it was ordered from fetches and installs it.';
      return { subject: `Your purchase of ${name}`, blocks: [thanks, { facts: sum }, fetched, link] };
    }
    return {
      subject: `Your license for ${name}`,
      blocks: [
        `${thanks} This is your license key:`,
        { code: [licenseKey] },
        { facts: [...sum, ...termFacts(expiresAt, updatesUntil)] },
        reaches === 'key'
          ? `Enter the key where you use ${name}.`
          : 'The shop it was bought from installs it by itself. The key is for any other place.',
        ...(composer ? composerBlocks(composer, hubUrl) : []),
        link,
      ],
    };
  },
  'payment-received': ({ name, paid, bought, seatsBought, seats, expiresAt, updatesUntil }, hubUrl) => ({
    subject: `Receipt for ${name}: ${money(paid)}`,
    blocks: [
      `We received ${money(paid)} for ${name}. Thank you.`,
      {
        term: 'It pays for the next term. The license key stays the same.',
        seats: `It pays for ${seatsBought === 1 ? 'one more seat' : `${seatsBought} more seats`}. The license key stays the same.`,
        again: 'You had a license already: what you paid was added to it, and its key stays the same.',
      }[bought],
      {
        facts: [['Paid', money(paid)], ['Seats', String(seats)], ...termFacts(expiresAt, updatesUntil)],
      },
      { link: `${hubUrl}/portal`, words: 'See your licenses and invoices' },
    ],
  }),
  'composer-access': (access, hubUrl) => ({
    subject: 'Your Composer packages',
    blocks: ['Thank you for your purchase.', ...composerBlocks(access, hubUrl)],
  }),
  'renewal-reminder': ({ name, endsAt, renewsItself }, hubUrl) => ({
    subject: renewsItself ? `${name} renews on ${day(endsAt)}` : `${name} ends on ${day(endsAt)}`,
    blocks: [
      renewsItself
        ? `Your license for ${name} renews by itself on ${day(endsAt)}. There is nothing to do.`
        : `Your license for ${name}, or its updates, end on ${day(endsAt)}. Renew it to go on without a gap.`,
      { link: `${hubUrl}/portal`, words: 'See your licenses' },
    ],
  }),
  'payment-failed': ({ name, paid, payUrl }, hubUrl) => ({
    subject: `The payment for ${name} failed`,
    blocks: [
      `We could not collect ${paid ? money(paid) : 'the payment'} for ${name}. It goes on running for now; please look at your means of payment.`,
      { link: payUrl ?? `${hubUrl}/portal`, words: 'Pay or change the means of payment' },
    ],
  }),
  'license-revoked': ({ name, reason }, hubUrl) => ({
    subject: `Your license for ${name} was revoked`,
    blocks: [
      `Your license for ${name} was revoked. The reason given is:`,
      { code: [reason] },
      'The shops that run it hear of it at once.',
      { link: `${hubUrl}/portal`, words: 'See your licenses' },
    ],
  }),
  payout: ({ publisher, amountMinor, currency, from, to }) => ({
    subject: `Payout of ${money({ amountMinor, currency })}`,
    blocks: [
      `We have sent ${money({ amountMinor, currency })} to ${publisher}.`,
      { facts: [['Sales from', day(from)] as const, ['to', day(to)] as const] },
    ],
  }),
  'sign-in': ({ link, minutes }) => ({
    subject: 'Your sign-in link',
    blocks: [
      `Click to sign in. The link works once, within ${minutes} minutes.`,
      { link, words: 'Sign in' },
      'If you did not ask for it, do nothing: without the link nobody comes in.',
    ],
  }),
  'email-proof': ({ code, minutes }) => ({
    subject: 'Prove your address',
    blocks: [
      `This code proves your address. It works for ${minutes} minutes.`,
      { code: [code] },
      'If you did not ask for an account, do nothing.',
    ],
  }),
  'password-reset': ({ token, minutes }, hubUrl) => ({
    subject: 'Set a new password',
    blocks: [
      `This link sets a new password, once. It works for ${minutes} minutes.`,
      { link: `${hubUrl}/account/reset-password#${token}`, words: 'Set a new password' },
      'If you did not ask for it, do nothing: your password stays as it is.',
    ],
  }),
  'account-known': (_values, hubUrl) => ({
    subject: 'You have an account already',
    blocks: [
      `Somebody, perhaps you, asked for an account for this address at ${new URL(hubUrl).host}. There is one: sign in.`,
      { link: `${hubUrl}/publish`, words: 'Sign in' },
      'If it was not you, do nothing.',
    ],
  }),
  'publisher-invitation': ({ publisher, role, token, days }, hubUrl) => ({
    subject: `Join ${publisher}`,
    blocks: [
      `${publisher} invites you to publish with them, as ${role}. Sign in with this address, or open an account with it first, and enter this invitation code within ${days} days:`,
      { code: [token] },
      { link: `${hubUrl}/publish`, words: 'Join' },
    ],
  }),
  'release-step': ({ marketplaceId, version, status, note }) => ({
    subject: `${marketplaceId} ${version}: ${status.replaceAll('_', ' ')}`,
    blocks: [
      `The release ${version} of ${marketplaceId} is ${status.replaceAll('_', ' ')}.`,
      ...(note === null ? [] : ['This was said about it:', { code: note.split('\n') }]),
    ],
  }),
  'release-alert': ({ marketplaceId, version, messages }) => ({
    subject: `${marketplaceId} ${version} brings a vulnerable package`,
    blocks: [
      `An advisory came in about what the release ${version} of ${marketplaceId} brings along:`,
      { code: messages },
      'Publish a release with the fixed version.',
    ],
  }),
};

/** Until when a license runs and has updates. */
function termFacts(expiresAt: string | null, updatesUntil: string | null): (readonly [string, string])[] {
  return [
    ['Runs', expiresAt === null ? 'for ever' : `until ${day(expiresAt)}`],
    ['Updates', updatesUntil === null ? 'for ever' : `until ${day(updatesUntil)}`],
  ];
}

function composerBlocks({ packages, token }: ComposerAccess, hubUrl: string): Block[] {
  const { host, protocol } = new URL(hubUrl);
  return [
    'In the directory of your project, type:',
    {
      code: [
        `composer config repositories.${host.replace(/[^a-z0-9]/gi, '-')} composer ${hubUrl}`,
        ...(token === null ? [] : [`composer config --auth http-basic.${host} token ${token}`]),
        ...(protocol === 'http:' ? ['composer config secure-http false'] : []),
        ...packages.map((name) => `composer require ${name}`),
      ],
    },
    token === null
      ? 'The token that opens them comes, or came, in a letter of its own.'
      : 'Keep the token to yourself: it opens everything you bought here, now and later.',
  ];
}

/** `EUR 49.00`; as many decimals as the currency has. */
function money({ amountMinor, currency }: Amount): string {
  const { maximumFractionDigits: decimals = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return `${currency} ${(amountMinor / 10 ** decimals).toFixed(decimals)}`;
}

/** `31 January 2030`, the day in UTC. */
function day(time: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(time));
}
