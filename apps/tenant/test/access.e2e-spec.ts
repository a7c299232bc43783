import { FakeHub, startTenant, type Reply, type TestTenant } from '#test';

type Audience = 'public' | 'admin' | 'host' | 'signed';
/** Every route and who may call it. A route that is missing here fails the first test. */
const ROUTES: readonly (readonly [string, string, Audience])[] = [
  ['GET', '/health', 'public'],
  ['GET', '/ready', 'public'],
  ['GET', '/metrics', 'public'],
  ['GET', '/.well-known/marketplace-instance.json', 'public'],
  ['POST', '/auth/user/emailpass', 'public'],
  ['POST', '/auth/session', 'public'],
  ['GET', '/auth/session', 'admin'],
  ['DELETE', '/auth/session', 'admin'],
  ['GET', '/admin/settings', 'admin'],
  ['GET', '/admin/notifications', 'admin'],
  ['GET', '/admin/egress', 'admin'],
  ['POST', '/host/events', 'host'],
  ['POST', '/admin/webhooks', 'admin'],
  ['GET', '/admin/webhooks', 'admin'],
  ['GET', '/admin/webhooks/deliveries/{id}', 'admin'],
  ['POST', '/admin/webhooks/deliveries/{id}/replay', 'admin'],
  ['GET', '/admin/webhooks/{id}', 'admin'],
  ['PUT', '/admin/webhooks/{id}', 'admin'],
  ['DELETE', '/admin/webhooks/{id}', 'admin'],
  ['POST', '/admin/webhooks/{id}/rotate-secret', 'admin'],
  ['GET', '/admin/webhooks/{id}/deliveries', 'admin'],
  ['POST', '/admin/webhooks/{id}/replay', 'admin'],
  ['GET', '/admin/marketplace/status', 'admin'],
  ['GET', '/admin/marketplace/deliveries', 'admin'],
  ['GET', '/admin/marketplace/feed', 'admin'],
  ['GET', '/admin/marketplace/feed/{vendor}/{name}', 'admin'],
  ['GET', '/admin/marketplace/feed/{id}', 'admin'],
  ['GET', '/admin/marketplace/updates', 'admin'],
  ['POST', '/admin/marketplace/checkout', 'admin'],
  ['POST', '/admin/marketplace/portal', 'admin'],
  ['GET', '/admin/marketplace/licenses', 'admin'],
  ['GET', '/admin/marketplace/outcome-reports', 'admin'],
  ['PUT', '/admin/marketplace/outcome-reports', 'admin'],
  ['POST', '/admin/marketplace/licenses/{id}/reclaim', 'admin'],
  ['POST', '/admin/marketplace/licenses/requests', 'admin'],
  ['POST', '/admin/marketplace/licenses/responses', 'admin'],
  ['POST', '/admin/marketplace/license-issued', 'signed'],
  ['POST', '/admin/marketplace/events', 'signed'],
  ['GET', '/admin/plugins', 'admin'],
  ['GET', '/admin/plugins/check-updates', 'admin'],
  ['POST', '/admin/plugins/update-all', 'admin'],
  ['GET', '/admin/plugins/update-policy', 'admin'],
  ['PUT', '/admin/plugins/update-policy', 'admin'],
  ['POST', '/admin/plugins/install', 'admin'],
  ['POST', '/admin/plugins/upload', 'admin'],
  ['GET', '/admin/plugins/jobs', 'admin'],
  ['GET', '/admin/plugins/jobs/{id}', 'admin'],
  ['GET', '/admin/plugins/jobs/{id}/events', 'admin'],
  ['POST', '/admin/plugins/{id}/update', 'admin'],
  ['POST', '/admin/plugins/{id}/rollback', 'admin'],
  ['DELETE', '/admin/plugins/{id}', 'admin'],
  ['GET', '/admin/plugins/{id}', 'admin'],
  ['POST', '/admin/plugins/{id}/enable', 'admin'],
  ['POST', '/admin/plugins/{id}/disable', 'admin'],
  ['GET', '/admin/plugins/{id}/config', 'admin'],
  ['PUT', '/admin/plugins/{id}/config', 'admin'],
];
/** Below the API document: a plugin's own pages. */
const UNLISTED: typeof ROUTES = [
  ['GET', '/plugins/{id}', 'admin'],
  ['POST', '/plugins/{id}/x/y', 'admin'],
];

describe('access and bad input', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeAll(async () => {
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub });
  });
  afterAll(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const at = (path: string) => path.replace(/\{\w+\}/g, 'x');

  it('names an audience for every route there is', async () => {
    const { body } = await tenant.call('GET', '/openapi.json');
    const listed = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((m) => `${m.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual(ROUTES.map(([method, path]) => `${method} ${path}`).sort());
  });

  it.each([...ROUTES, ...UNLISTED])(
    '%s %s lets in its audience and nobody else (%s)',
    async (method, path, audience) => {
      const body = method === 'POST' || method === 'PUT' ? {} : undefined;
      const anonymous = await tenant.call(method, at(path), body);
      const forged = await tenant.call(method, at(path), body, { authorization: 'Bearer e30.e30.e30' });
      const admin = await tenant.admin(method, at(path), body);
      const isOpen = audience === 'public';
      expect([anonymous.status === 401, forged.status === 401]).toEqual([!isOpen, !isOpen]);
      if (audience === 'signed') expect([admin.status, admin.body.code]).toEqual([401, 'SIGNATURE_MISSING']);
      else if (audience === 'host') expect([admin.status, admin.body.code]).toEqual([401, 'CREDENTIALS_REQUIRED']);
      else expect([401, 403]).not.toContain(admin.status);
    },
  );

  const LONG = 'x'.repeat(10_000);
  const NASTY: readonly [string, unknown][] = [
    ['an unknown field', { nobody: 'knows' }],
    ['wrong types', { marketplace_id: 5, version: {}, customer_email: [], email: 1, password: {}, config: 'x' }],
    [
      'long strings',
      {
        marketplace_id: `@a/${LONG}`,
        version: LONG,
        customer_email: `${LONG}@x.de`,
        email: LONG,
        password: LONG,
        config: LONG,
      },
    ],
    ['SQL', { marketplace_id: `@a/b'; DROP TABLE plugins;--`, email: `' OR 1=1--@x.de`, password: `'`, config: `'` }],
    ['paths', { marketplace_id: '@a/../../etc', version: '../..', email: '../..', password: '../..', config: '../..' }],
    [
      'NUL',
      { marketplace_id: '@a/b\u0000', email: 'a\u0000@x.de', password: '\u0000', config: '\u0000', version: '\u0000' },
    ],
    ['an array', []],
    ['nothing', null],
  ];
  const WITH_BODY = ROUTES.filter(([method]) => method === 'POST' || method === 'PUT');
  it.each(WITH_BODY)('%s %s answers every bad body with a documented 4xx', async (method, path) => {
    const send = (body: string | Buffer, type = 'application/json') => authorized(method, at(path), body, type);
    const replies: (readonly [string, Reply])[] = [['no body', await tenant.admin(method, at(path))]];
    for (const [what, body] of NASTY) replies.push([what, await send(JSON.stringify(body))] as const);
    replies.push(['bad JSON', await send('{"a":')], ['bad UTF-8', await send(Buffer.from([0x7b, 0xff, 0x7d]))]);
    replies.push(['a prototype', await send('{"__proto__":{"x":1}}')], ['XML', await send('<a/>', 'application/xml')]);
    replies.push(['over 1 MiB', await send(JSON.stringify({ a: 'x'.repeat(1024 * 1024) }))]);
    replies.push(['deep', await send('{"a":'.repeat(200) + '1' + '}'.repeat(200))]);
    for (const [what, { status, body }] of replies) {
      const sound =
        status < 500 && (status < 300 || (typeof body?.code === 'string' && typeof body.request_id === 'string'));
      expect([what, status, sound]).toEqual([what, status, true]);
    }
  });

  let authorization = '';
  const authorized = async (method: string, path: string, body: string | Buffer, type: string) => {
    const { SessionTokens } = await import('#access');
    authorization ||= `Bearer ${await tenant.app.get(SessionTokens).issue('acc_test')}`;
    return tenant.raw(method, path, body, { authorization, 'content-type': type });
  };

  const TRICKS = [
    'x'.repeat(5_000),
    '..%2f..%2fetc',
    '%00',
    '%ff',
    `'%20OR%201=1--`,
    '%',
    '@a%2F..%2F..',
    '__proto__',
    'constructor',
  ];
  const WITH_PARAMETER = [...ROUTES, ...UNLISTED].filter(([, path]) => path.includes('{'));
  it.each(WITH_PARAMETER)('%s %s answers every bad path with a documented 4xx', async (method, path) => {
    for (const trick of TRICKS) {
      const body = method === 'POST' || method === 'PUT' ? {} : undefined;
      const reply = await tenant.admin(method, path.replace(/\{\w+\}/g, trick), body);
      expect([trick.slice(0, 20), reply.status >= 400 && reply.status < 500, typeof reply.body?.code]).toEqual([
        trick.slice(0, 20),
        true,
        'string',
      ]);
    }
  });

  const QUERIES = [
    'limit=x',
    'limit=0',
    'limit=101',
    'offset=-1',
    'who=me',
    'limit=1&limit=2',
    `search=${LONG}`,
    'versions=%7B',
    'versions=%5B%5D',
    'data=all',
    'page[x]=1',
    'search=%00',
  ];
  it.each(ROUTES.filter(([method, , audience]) => method === 'GET' && audience === 'admin'))(
    '%s %s survives every bad query',
    async (method, path) => {
      for (const query of QUERIES) {
        const reply = await tenant.admin(method, `${at(path)}?${query}`);
        expect([query.slice(0, 20), reply.status < 500]).toEqual([query.slice(0, 20), true]);
      }
    },
  );
});
