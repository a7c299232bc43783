import { eventually } from '@hansa/testing';
import { newWebhookSecret, signWebhook } from '@hansa/trust';
import { ask, expectRefusal, send, type Reply, type Target } from './target.js';

const ADMIN_ROUTES = [
  ['GET', '/admin/plugins'],
  ['POST', '/admin/plugins/install'],
  ['GET', '/admin/plugins/check-updates'],
  ['GET', '/admin/plugins/x/config'],
  ['POST', '/admin/plugins/x/update'],
  ['POST', '/admin/plugins/x/rollback'],
  ['POST', '/admin/plugins/x/enable'],
  ['POST', '/admin/plugins/x/disable'],
  ['DELETE', '/admin/plugins/x'],
  ['GET', '/admin/plugins/jobs/x'],
  ['GET', '/admin/marketplace/feed'],
  ['GET', '/admin/marketplace/updates'],
  ['POST', '/admin/marketplace/checkout'],
  ['GET', '/admin/webhooks'],
  ['GET', '/admin/notifications'],
  ['GET', '/admin/egress'],
] as const;

/** What a shop owes to its admin and to its hub (federation protocol, sections 3, 4 and 7). Installs one free plugin and removes it. */
export function describeTenant(target: () => Target): void {
  let token = '';
  const at = (path: string) => target().tenantUrl + path;
  const admin = (method: string, path: string, body?: object): Promise<Reply> => {
    const authorization = { authorization: `Bearer ${token}` };
    return body ? send(method, at(path), body, authorization) : ask(at(path), { method, headers: authorization });
  };
  beforeAll(async () => {
    token = String((await send('POST', at('/auth/user/emailpass'), target().admin)).body['token']);
  });

  it('signs its admin in, and nobody else', async () => {
    expect(token.split('.')).toHaveLength(3);
    const { email } = target().admin;
    expectRefusal(await send('POST', at('/auth/user/emailpass'), { email, password: 'not the password' }), 401);
    expectRefusal(await send('POST', at('/auth/user/emailpass'), { email }), 400);
  });

  it.each(ADMIN_ROUTES)('lets nobody but its admin use %s %s', async (method, path) => {
    const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
    expectRefusal(await ask(at(path), { method, ...body }), 401);
    const { headers = {} } = body;
    expectRefusal(
      await ask(at(path), { method, ...body, headers: { ...headers, authorization: 'Bearer a.b.c' } }),
      401,
    );
  });

  it('names its key at the well-known address, and no private one', async () => {
    const { status, bytes } = await ask(at('/.well-known/marketplace-instance.json'));
    expect(status).toBe(200);
    expect(bytes.toString()).not.toContain('"d"');
  });

  it('believes no event that is not signed for it', async () => {
    const body = Buffer.from(JSON.stringify({ marketplace_id: '@a/b', version: '1.0.0', reason: 'x' }));
    const deliver = (path: string, headers: Record<string, string>) =>
      ask(at(path), { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
    const forged = signWebhook({
      secrets: [newWebhookSecret()],
      deliveryId: 'dly_01ARZ3NDEKTSV4RRFFQ69G5FAV',
      event: 'release.yanked',
      body,
      at: new Date(),
    });
    for (const path of ['/admin/marketplace/events', '/admin/marketplace/license-issued']) {
      expectRefusal(await deliver(path, {}), 401);
      expectRefusal(await deliver(path, { ...forged }), 401);
    }
  });

  it('installs a free plugin of its hub, runs it, and removes it', async () => {
    const { body: feed } = await admin('GET', '/admin/marketplace/feed?price=free&per_page=100');
    const has = ((await admin('GET', '/admin/plugins')).body['items'] as { marketplace_id: string }[]).map(
      (each) => each.marketplace_id,
    );
    const candidates = feed['products'] as { marketplace_id: string; manifest: { id: string } }[];
    const { marketplace_id, manifest } = candidates.find((each) => !has.includes(each.marketplace_id))!;
    const ordered = await admin('POST', '/admin/plugins/install', { marketplace_id });
    expect(ordered.status).toBe(202);
    const { id } = ordered.body['job'] as { id: string };
    const outcome = await eventually(
      'the job ends',
      async () => (await admin('GET', `/admin/plugins/jobs/${id}`)).body['outcome'],
      90_000,
    );
    expect(outcome).toBe('done');
    const list = await admin('GET', '/admin/plugins');
    expect(list.body).toMatchObject({
      count: expect.any(Number) as unknown,
      limit: expect.any(Number) as unknown,
      offset: expect.any(Number) as unknown,
    });
    expect(list.body['items']).toContainEqual(
      expect.objectContaining({ id: manifest.id, marketplace_id, enabled: true }),
    );
    for (const step of ['disable', 'enable'])
      expect((await admin('POST', `/admin/plugins/${manifest.id}/${step}`)).status).toBeLessThan(300);
    expect((await admin('DELETE', `/admin/plugins/${manifest.id}?data=drop`)).status).toBeLessThan(300);
    expectRefusal(await admin('POST', `/admin/plugins/${manifest.id}/enable`), 404);
  }, 120_000);

  it('refuses what cannot be installed, with a code', async () => {
    expectRefusal(await admin('POST', '/admin/plugins/install', { marketplace_id: '@nobody/nothing' }), 404);
    expectRefusal(await admin('POST', '/admin/plugins/install', { marketplace_id: '../../etc' }), 400);
    const { body } = await admin('GET', '/admin/marketplace/feed?price=paid&per_page=100');
    const [paid] = body['products'] as { marketplace_id: string }[];
    expectRefusal(
      await admin('POST', '/admin/plugins/install', { marketplace_id: paid!.marketplace_id }),
      402,
      'LICENSE_REQUIRED',
    );
  });

  it('shows every request that left it: names and sizes, never values', async () => {
    const { body } = await admin('GET', '/admin/egress?limit=100');
    const rows = body['items'] as Record<string, unknown>[];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toMatchObject({
        at: expect.any(String) as unknown,
        method: expect.any(String) as unknown,
        host: expect.any(String) as unknown,
        path: expect.any(String) as unknown,
      });
      expect(row['fields']).toEqual(expect.any(Array));
      expect(row['bytes']).toEqual(expect.any(Number));
    }
    expect(JSON.stringify(rows)).not.toContain(target().publishableKey);
  });
}
