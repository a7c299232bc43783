import { readSourceUrl } from './source-url.js';

describe('readSourceUrl', () => {
  it('reads https addresses and absolute paths', () => {
    expect(readSourceUrl('https://git.example/acme/seo.git')).toEqual({
      kind: 'https',
      url: 'https://git.example/acme/seo.git',
      host: 'git.example',
      port: 443,
    });
    expect(readSourceUrl('https://git.example:8443/x')).toMatchObject({ port: 8443 });
    expect(readSourceUrl('/srv/git/seo.git')).toEqual({ kind: 'path', url: '/srv/git/seo.git' });
  });

  it.each([
    'ext::sh -c touch% /tmp/x',
    'ext::true',
    '--upload-pack=touch /tmp/x',
    '-oProxyCommand=x',
    'ssh://git.example/x',
    'git@git.example:acme/seo.git',
    'http://git.example/x',
    'file:///etc',
    'https://user:password@git.example/x',
    'https://git.example/x?y',
    'https://git.example/x#y',
    'https://git.example/a\nb',
    '/srv/../etc',
    '/srv//git',
    'relative/path',
    '',
    `https://git.example/${'x'.repeat(600)}`,
  ])('does not follow %j', (text) => expect(readSourceUrl(text)).toBeUndefined());
});
