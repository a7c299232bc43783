import { admits, isPublicAddress, readNetRules } from './network-rules.js';

describe(admits.name, () => {
  it.each<[string, string, number | undefined, boolean]>([
    ['api.example.com', 'api.example.com', 443, true],
    ['api.example.com', 'API.example.com', 443, true],
    ['api.example.com', 'api.example.com', undefined, true],
    ['api.example.com:443', 'api.example.com', 443, true],
    ['api.example.com:443', 'api.example.com', 80, false],
    ['api.example.com:443', 'api.example.com', undefined, true],
    ['api.example.com', 'example.com', 443, false],
    ['api.example.com', 'x.api.example.com', 443, false],
    ['*.example.com', 'a.example.com', 443, true],
    ['*.example.com', 'a.b.example.com', 443, true],
    ['*.example.com:443', 'a.example.com', 80, false],
    ['*.example.com', 'example.com', 443, false],
    ['*.example.com', 'evilexample.com', 443, false],
    ['127.0.0.1', '127.0.0.1', 80, true],
    ['*.0.0.1', '127.0.0.1', 80, false],
    ['*.1', '1.1.1.1', 80, false],
  ])('%s admits %s at %s: %s', (rule, host, port, expected) => {
    expect(admits(readNetRules([rule]), host, port)).toBe(expected);
  });

  it('admits nothing without rules', () => {
    expect(admits(readNetRules(undefined), 'example.com')).toBe(false);
  });
});

describe(isPublicAddress.name, () => {
  it.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700::1111'])('takes %s for public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.1.2.3',
    '192.0.2.1',
    '198.19.0.1',
    '240.0.0.1',
    '2001:db8::1',
    '3fff::1',
    '::ffff:1.1.1.1',
    'example.com',
    '',
  ])('takes %s for none', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
