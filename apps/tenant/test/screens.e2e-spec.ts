import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startTenant, type TestTenant } from '#test';

const ASSETS = fileURLToPath(new URL('../../tenant-web/dist/site/assets', import.meta.url));
const HTML = { accept: 'text/html,application/xhtml+xml' };

describe('the screens of the shop', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    expect(existsSync(ASSETS)).toBe(true);
    tenant = await startTenant({ worker: false });
  });
  afterAll(() => tenant.stop());

  it.each(['/', '/marketplace', '/marketplace/p/@vendor/name', '/marketplace/nothing'])(
    'answers a browser that goes to %s with the page',
    async (path) => {
      const { status, headers, text } = await tenant.call('GET', path, undefined, HTML);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(text).toContain('<div id="root">');
    },
  );

  it.each(['/admin/nothing', '/admin', '/auth/nothing', '/assets/nothing.js', '/nothing', '/marketplaces'])(
    'leaves the 404 of %s as it is, for browsers too',
    async (path) => {
      const { status, body } = await tenant.call('GET', path, undefined, HTML);
      expect([status, body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    },
  );

  it('gives the page to nobody who asks for data', async () => {
    const { status, body } = await tenant.call('GET', '/marketplace/x', undefined, { accept: 'application/json' });
    expect([status, body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
  });

  it('allows scripts of this origin only, none inline, and styles by a nonce that is used once', async () => {
    const [one, two] = [
      await tenant.call('GET', '/marketplace', undefined, HTML),
      await tenant.call('GET', '/marketplace', undefined, HTML),
    ];
    const policy = one.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toContain('unsafe');
    const [, nonce] = /'nonce-([A-Za-z0-9+/=]{22,})'/.exec(policy) ?? [];
    expect(one.text).toContain(`nonce="${nonce}"`);
    expect(one.text).not.toContain('__CSP_NONCE__');
    expect(one.text).not.toMatch(/<script(?![^>]*\bsrc=)|<style(?! nonce=)|\bstyle=|\bon\w+=/);
    expect(two.headers.get('content-security-policy')).not.toBe(policy);
    expect(one.headers.get('cache-control')).toBe('private, no-cache');
  });

  it.each([
    ['br', 'gzip, deflate, br', 'br'],
    ['gzip', 'gzip', 'gzip'],
    ['what it is', '', null],
    ['gzip when br is ruled out', 'br;q=0, gzip;q=0.5', 'gzip'],
  ])('sends files as %s, to be kept for ever', async (_, accepted, encoding) => {
    const name = readdirSync(ASSETS).find((file) => file.endsWith('.css'))!;
    const { status, headers } = await tenant.call('GET', `/assets/${name}`, undefined, { 'accept-encoding': accepted });
    expect([status, headers.get('content-encoding')]).toEqual([200, encoding]);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(headers.get('vary')).toBe('accept-encoding');
  });

  it.each(['/assets/..%2f..%2fpackage.json', '/assets/../../package.json', '/index.html.br', '/built'])(
    'serves nothing beside the site: %s',
    async (path) => {
      const { status } = await tenant.call('GET', path);
      expect(status).toBe(404);
    },
  );
});

describe('a browser’s session', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await startTenant({ worker: false });
  });
  afterAll(() => tenant.stop());

  const credentials = { email: 'admin@shop.example', password: 'a long password' };
  const signIn = async (headers: Record<string, string> = {}) => {
    const reply = await tenant.call('POST', '/auth/session', credentials, headers);
    const cookies = reply.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!);
    const xsrf = cookies.find((cookie) => cookie.startsWith('XSRF-ADMIN='))?.slice('XSRF-ADMIN='.length);
    return { ...reply, cookie: cookies.join('; '), xsrf: xsrf ?? '' };
  };

  it('is a cookie that no script reads and no other site sends', async () => {
    const { status, body, text, headers } = await signIn();
    expect([status, body]).toEqual([200, { email: 'admin@shop.example' }]);
    expect(text).not.toContain('eyJ');
    const [session, xsrf] = headers.getSetCookie();
    expect(session).toMatch(/^hansa-admin=[^;]+; HttpOnly; Max-Age=86400; Path=\/; SameSite=Strict$/);
    expect(xsrf).toMatch(/^XSRF-ADMIN=[\w-]{43}; Max-Age=86400; Path=\/; SameSite=Strict$/);
  });

  it('is known to the page before its scripts run, which fetch at once what the start needs', async () => {
    const { cookie } = await signIn();
    const go = async (path: string, headers: Record<string, string>) =>
      (await tenant.call('GET', path, undefined, { ...HTML, 'accept-language': 'de-DE,de;q=0.9', ...headers })).text;
    const start = await go('/marketplace', { cookie });
    expect(start).toContain('<html lang="de">');
    expect(start).toContain('<h1>Plugins entdecken</h1>');
    const written = /id="first-data">(.*?)<\/script>/.exec(start)?.[1] ?? '';
    expect(JSON.parse(written)).toEqual({
      '/auth/session': { email: 'admin@shop.example' },
      '/admin/settings': (await tenant.admin('GET', '/admin/settings')).body,
    });
    expect(start).toContain(
      'rel="preload" as="fetch" crossorigin href="/admin/marketplace/feed?limit=24&amp;offset=0"',
    );
    expect(await go('/marketplace/licenses', { cookie })).not.toContain('preload" as="fetch"');
    for (const strange of ['', 'hansa-admin=e30.e30.e30', `${cookie}; ${cookie}`])
      expect(await go('/marketplace', { cookie: strange })).not.toMatch(/admin@shop|first-data|preload" as="fetch"/);
  });

  it('reads with the cookie, changes with the token of the page, and ends', async () => {
    const { cookie, xsrf } = await signIn();
    const session = await tenant.call('GET', '/auth/session', undefined, { cookie });
    expect(session.body).toEqual({ email: 'admin@shop.example' });
    const policy = await tenant.call('GET', '/admin/plugins/update-policy', undefined, { cookie });
    const forged = await tenant.call('PUT', '/admin/plugins/update-policy', policy.body, { cookie });
    expect([forged.status, forged.body.code]).toEqual([403, 'XSRF_TOKEN_REQUIRED']);
    const asked = { cookie, 'x-xsrf-token': xsrf };
    expect((await tenant.call('PUT', '/admin/plugins/update-policy', policy.body, asked)).status).toBe(200);
    const out = await tenant.call('DELETE', '/auth/session', undefined, asked);
    expect(out.headers.getSetCookie().every((each) => each.includes('Max-Age=0'))).toBe(true);
  });

  it.each(['cross-site', 'same-site', 'none'])('is not begun by a %s request', async (site) => {
    const { status, cookie } = await signIn({ 'sec-fetch-site': site });
    expect([status, cookie]).toEqual([403, '']);
  });

  it('needs the right password', async () => {
    const { status, body, headers } = await tenant.call('POST', '/auth/session', { ...credentials, password: 'wrong' });
    expect([status, body.code, headers.getSetCookie()]).toEqual([401, 'LOGIN_REFUSED', []]);
  });
});
