import { readPublicUrl } from './public-url.js';

describe(readPublicUrl, () => {
  it.each([
    'http://shop.example/hook',
    'https://user:pw@shop.example/',
    'https://user@shop.example/',
    'https://shop.example\\@evil.example',
    'https://shop.example/a b',
    'https://shop.example/\t',
    'https://shop.example/\u0000',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.1.2.3:8443/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'https://a.localhost/',
    'ftp://shop.example/',
    'javascript:alert(1)',
    '/relative',
    '',
  ])('refuses %j', (text) => {
    expect(readPublicUrl(text, false)).toBeNull();
  });

  it('takes https to a public name or address', () => {
    expect(readPublicUrl('https://shop.example:8443/hook?x=1', false)).toBe('https://shop.example:8443/hook?x=1');
    expect(readPublicUrl('https://93.184.216.34/', false)).toBe('https://93.184.216.34/');
  });

  it('takes what is private only when the shop allows it, and credentials never', () => {
    expect(readPublicUrl('http://127.0.0.1:9000/', true)).toBe('http://127.0.0.1:9000/');
    expect(readPublicUrl('http://a:b@127.0.0.1:9000/', true)).toBeNull();
  });
});
