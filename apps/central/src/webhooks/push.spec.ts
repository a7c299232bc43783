import { Outbound } from '@hansa/platform';
import { newWebhookSecret, verifyWebhook } from '@hansa/trust';
import { startTestShop, type TestShop } from '../../test/support/shop.js';
import { MAX_ANSWER_BYTES, push, PUSH_TIMEOUT_MS } from './push.js';

const AT = new Date('2030-01-01T00:00:00Z');
const body = Buffer.from('{"license_key":"CC-…"}');
const secrets = [newWebhookSecret(), newWebhookSecret()];

describe(push.name, () => {
  const outbound = new Outbound({ allowPrivate: true });
  let shop: TestShop;
  beforeEach(async () => {
    shop = await startTestShop();
  });
  afterEach(() => shop.close());
  afterAll(() => outbound.close());

  const send = (overrides: { event?: string; baseUrl?: string; timeoutMs?: number; via?: Outbound } = {}) => {
    const { event = 'license.issued', baseUrl = shop.url, timeoutMs, via = outbound } = overrides;
    return push(via, { baseUrl, deliveryId: 'dly_1', event, body, secrets }, AT, timeoutMs);
  };

  it('sends the frozen bytes to the path of the event, signed with every secret', async () => {
    expect(await send()).toMatchObject({ httpStatus: 200, error: null });
    await send({ event: 'release.yanked' });
    expect(shop.received.map(({ path }) => path)).toEqual([
      '/admin/marketplace/license-issued',
      '/admin/marketplace/events',
    ]);
    const [first] = shop.received;
    expect(first?.body).toEqual(body);
    expect(first?.headers['content-type']).toBe('application/json');
    for (const secret of secrets) {
      const told = verifyWebhook({ headers: first!.headers, body: first!.body, secrets: [secret], now: AT });
      expect(told).toMatchObject({ deliveryId: 'dly_1', event: 'license.issued' });
    }
  });

  it('keeps the first 2 KB of the answer, without what PostgreSQL cannot store', async () => {
    shop.answerWith(500, `a\u0000b${'x'.repeat(10_000)}`);
    const { httpStatus, responseExcerpt } = await send();
    expect(httpStatus).toBe(500);
    expect(responseExcerpt).toHaveLength(MAX_ANSWER_BYTES - 1);
    expect(responseExcerpt?.startsWith('abx')).toBe(true);
  });

  it('follows no redirect', async () => {
    shop.answerWith(307);
    expect(await send()).toMatchObject({ httpStatus: 307 });
    expect(shop.received).toHaveLength(1);
  });

  it('gives a shop 30 seconds', () => {
    expect(PUSH_TIMEOUT_MS).toBe(30_000);
  });

  it('counts silence as a failure', async () => {
    shop.answerWith('hang');
    expect(await send({ timeoutMs: 100 })).toMatchObject({ httpStatus: null, error: 'ETIMEDOUT' });
  });

  it('counts a broken connection as a failure', async () => {
    shop.answerWith('reset');
    expect(await send()).toMatchObject({ httpStatus: null, error: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) });
  });

  it('counts a refused connection as a failure', async () => {
    const { url } = shop;
    await shop.close();
    expect(await send({ baseUrl: url })).toMatchObject({ httpStatus: null, error: 'ECONNREFUSED' });
  });

  it('counts a name that leads nowhere as a failure', async () => {
    const { httpStatus, error } = await send({ baseUrl: 'http://nowhere.invalid' });
    expect({ httpStatus, error }).toEqual({
      httpStatus: null,
      error: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  it('refuses private addresses, also behind a name', async () => {
    const guarded = new Outbound({ allowPrivate: false });
    const byName = shop.url.replace('127.0.0.1', 'localhost');
    expect(await send({ via: guarded })).toMatchObject({ httpStatus: null, error: 'ADDRESS_REFUSED' });
    expect(await send({ via: guarded, baseUrl: byName })).toMatchObject({ httpStatus: null, error: 'ADDRESS_REFUSED' });
    expect(shop.received).toHaveLength(0);
    await guarded.close();
  });
});
