import { isPublicDnsName } from './dns-name.js';

describe(isPublicDnsName.name, () => {
  it.each(['shop.example', 'www.shop.example', 'xn--bcher-kva.example', 'a-b.c1.example', '1.shop.example'])(
    'takes %s',
    (name) => {
      expect(isPublicDnsName(name)).toBe(true);
    },
  );

  it.each([
    '*.shop.example',
    'localhost',
    'shop.localhost',
    'db.internal',
    'printer.local',
    'hidden.onion',
    '1.0.0.127.in-addr.arpa',
    '127.0.0.1',
    '1.2',
    '10.0.0.0x7f',
    '::1',
    'shop',
    '',
    'shop..example',
    '.shop.example',
    'shop.example.',
    '-shop.example',
    'shop-.example',
    'sh_op.example',
    'Shop.example',
    'shop.example:80',
    'shop.example/x',
    'user@shop.example',
    'shop.example\u0000.evil.example',
    'bücher.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(124)}example`,
  ])('refuses %j', (name) => {
    expect(isPublicDnsName(name)).toBe(false);
  });
});
