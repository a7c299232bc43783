import { MAIL_TEMPLATES, type MailTemplate, type MailValues } from './mail-templates.js';
import { renderMail } from './render-mail.js';

const HUB = 'https://hub.example';
const EVIL = '<img src=x onerror="alert(1)">&\r\nBcc: everybody@example.com';

const EXAMPLES: { readonly [T in MailTemplate]: MailValues[T] } = {
  receipt: {
    name: EVIL,
    licenseKey: 'CC-7QF2-M8RT-K4XC',
    paid: { amountMinor: 4_900, currency: 'EUR' },
    expiresAt: null,
    updatesUntil: '2031-01-01T00:00:00Z',
    composer: { packages: [EVIL], token: 'hpkt_secret' },
    reaches: 'shop',
  },
  'payment-received': {
    name: EVIL,
    paid: { amountMinor: 4_900, currency: 'EUR' },
    bought: 'seats',
    seatsBought: 2,
    seats: 5,
    expiresAt: null,
    updatesUntil: '2031-01-01T00:00:00Z',
  },
  'composer-access': { packages: ['acme/seo', EVIL], token: null },
  'renewal-reminder': { name: EVIL, endsAt: '2030-02-01T00:00:00Z', renewsItself: false },
  'payment-failed': { name: EVIL, paid: { amountMinor: 500, currency: 'JPY' }, payUrl: null },
  'license-revoked': { name: EVIL, reason: EVIL },
  payout: {
    publisher: EVIL,
    amountMinor: 123_456,
    currency: 'EUR',
    from: '2030-01-07T00:00:00Z',
    to: '2030-01-13T00:00:00Z',
  },
  'email-proof': { code: 'c0de', minutes: 60 },
  'account-known': {},
  'password-reset': { token: 'a-token', minutes: 60 },
  'publisher-invitation': { publisher: 'Nord', role: 'developer', token: 'hinv_x', days: 7 },
  'release-step': { marketplaceId: '@nord/hello', version: '1.0.0', status: 'changes_requested', note: 'Say more.' },
  'release-alert': { marketplaceId: '@nord/hello', version: '1.0.0', messages: ['left 1.0.0 has GHSA-1'] },
  'sign-in': { link: `${HUB}/portal/sign-in?"><script>`, minutes: 15 },
};
const render = <T extends MailTemplate>(template: T, values: MailValues[T] = EXAMPLES[template]) =>
  renderMail(MAIL_TEMPLATES[template](values, HUB));

describe(renderMail, () => {
  it.each(Object.keys(EXAMPLES) as MailTemplate[])(
    'lets nobody write HTML or lines of his own into a %s',
    (template) => {
      const { subject, text, html } = render(template);
      expect(html).not.toMatch(/<img|<script|onerror="/);
      expect(text).not.toMatch(/^Bcc:/m);
      expect(subject).not.toMatch(/[\r\n]/);
    },
  );

  it('says the same twice', () => {
    const values = { ...EXAMPLES.receipt, name: 'SEO & more', composer: { packages: ['acme/seo'], token: 'hpkt_x' } };
    const { subject, text, html } = render('receipt', values);
    expect(subject).toBe('Your license for SEO & more');
    expect(text).toContain('  CC-7QF2-M8RT-K4XC\n');
    expect(text).toContain('Paid: EUR 49.00\nRuns: for ever\nUpdates: until 1 January 2031\n');
    expect(text).toContain(
      '  composer config --auth http-basic.hub.example token hpkt_x\n  composer require acme/seo\n',
    );
    expect(html).toContain('SEO &#38; more');
    expect(html).toContain('CC-7QF2-M8RT-K4XC</pre>');
    expect(html).toContain(`<a href="${HUB}/portal">`);
  });

  it('writes amounts with the decimals of their currency', () => {
    expect(render('payment-failed').text).toContain('JPY 500 ');
    expect(render('payout').subject).toBe('Payout of EUR 1234.56');
  });

  it('links to nothing but web pages', () => {
    const link = 'javascript:alert(1)';
    expect(() => render('sign-in', { link, minutes: 1 })).toThrow('web pages');
  });
});
