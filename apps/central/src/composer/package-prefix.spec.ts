import { PACKAGE_NAME, PACKAGE_PREFIX, patternsOf, visibleUntil, type Entitlement } from './package-prefix.js';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const right = (prefix: string, rest: Partial<Entitlement> = {}): Entitlement => ({
  prefix,
  exact: false,
  expiresAt: null,
  updatesUntil: null,
  ...rest,
});

describe('PACKAGE_PREFIX', () => {
  it.each(['acme/', 'a/', 'acme/seo', 'acme/seo-', 'acme/seo-suite', 'my-vendor.x/', 'acme/a--b'])(
    'accepts %j',
    (text) => {
      expect(PACKAGE_PREFIX.test(text)).toBe(true);
    },
  );

  it.each([
    '',
    '*',
    'acme',
    'acme/*',
    '*/seo',
    'acme/../',
    '../',
    'Acme/',
    'acme/Seo',
    'acme//',
    '/acme',
    ' acme/',
    'acme/a b',
    'acme/a/b',
  ])('refuses %j', (text) => {
    expect(PACKAGE_PREFIX.test(text)).toBe(false);
  });

  it('refuses a long hostile text without delay', () => {
    const started = process.hrtime.bigint();
    for (const rule of [PACKAGE_PREFIX, PACKAGE_NAME]) expect(rule.test(`${'a'.repeat(50_000)}!`)).toBe(false);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(1_000);
  });
});

describe('visibleUntil', () => {
  it('opens nothing to a token without rights', () => {
    expect(visibleUntil([], 'acme/seo', NOW)).toBeNull();
  });

  it('opens the names that begin with the prefix, and no other vendor', () => {
    expect(visibleUntil([right('acme/')], 'acme/seo', NOW)).toBe(Infinity);
    expect(visibleUntil([right('acme/')], 'acme-labs/seo', NOW)).toBeNull();
  });

  it('opens one name only when the right is exact', () => {
    const rights = [right('acme/seo', { exact: true })];
    expect(visibleUntil(rights, 'acme/seo', NOW)).toBe(Infinity);
    expect(visibleUntil(rights, 'acme/seo-pro', NOW)).toBeNull();
  });

  it('ends at the very moment of expiry', () => {
    expect(visibleUntil([right('acme/', { expiresAt: new Date(NOW) })], 'acme/seo', NOW)).toBeNull();
    expect(visibleUntil([right('acme/', { expiresAt: new Date(NOW + 1) })], 'acme/seo', NOW)).toBe(Infinity);
  });

  it('takes the most generous of several rights', () => {
    const rights = [right('acme/', { updatesUntil: new Date(5) }), right('acme/seo', { updatesUntil: new Date(9) })];
    expect(visibleUntil(rights, 'acme/seo', NOW)).toBe(9);
    expect(visibleUntil(rights, 'acme/other', NOW)).toBe(5);
  });
});

describe('patternsOf', () => {
  it('lists each live right once, exact ones without a star', () => {
    const rights = [right('b/'), right('a/x', { exact: true }), right('b/'), right('c/', { expiresAt: new Date(NOW) })];
    expect(patternsOf(rights, NOW)).toEqual(['a/x', 'b/*']);
  });
});
