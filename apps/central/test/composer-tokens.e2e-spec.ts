import { AuditEntry } from '#audit';
import { fixedClock } from '#test';
import {
  aPublisher,
  anOperator,
  issueManagementToken,
  startComposerHub,
  type ComposerHub,
} from './support/composer.js';

interface TokenRecord {
  id: string;
  token?: string;
  description: string;
  permissions: string;
  expires_at: number | null;
  created_at: number;
  last_used_at?: number | null;
}

const NOW = Date.parse('2030-01-01T00:00:00Z') / 1_000;
const YEAR = 31_536_000;

/** What the guide's handlers send. */
function purchase(order = 'order_1', prefixes: unknown = ['acme/']) {
  return {
    description: 'Acme SEO Suite, order 1',
    permissions: 'readonly',
    expires_at: NOW + YEAR,
    allowed_package_prefixes: prefixes,
    rate_limit_max: 1000,
    metadata: { customer_id: 'cust_123', customer_email: 'jo@example.com', order_id: order },
  };
}

function withoutSecret(record: TokenRecord): TokenRecord {
  const rest = { ...record };
  delete rest.token;
  return rest;
}

describe('package tokens', () => {
  let hub: ComposerHub;
  const clock = fixedClock('2030-01-01T00:00:00Z');
  beforeEach(async () => {
    clock.set('2030-01-01T00:00:00Z');
    hub = await startComposerHub({ clock });
  });
  afterEach(() => hub.close());

  const post = (body: unknown, headers: Record<string, string> = {}, token = hub.management) =>
    hub.call<TokenRecord>('POST', '/api/tokens', { token, body, headers });
  const listOf = (customer: string, token = hub.management) =>
    hub.call<TokenRecord[]>('GET', `/api/tokens?customer_id=${customer}`, { token });
  const audited = async (subject: string) =>
    (await hub.database.dataSource.manager.find(AuditEntry, { where: { subject }, order: { id: 'ASC' } })).map(
      ({ action }) => action,
    );

  it('are made with exactly the documented answer', async () => {
    const { status, body } = await post(purchase());
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^token_[0-9A-Z]{26}$/),
      token: expect.stringMatching(/^hpkt_[0-9A-Za-z]{49}$/),
      description: 'Acme SEO Suite, order 1',
      permissions: 'readonly',
      expires_at: NOW + YEAR,
      created_at: NOW,
    });
    expect(await audited(body.id)).toEqual(['package_token.created']);
  });

  it('are listed for a customer as a bare array, without secrets', async () => {
    const { body: made } = await post(purchase());
    await post({ ...purchase('order_2'), metadata: { customer_id: 'cust_9' } });
    const { status, body } = await listOf('cust_123');
    expect(status).toBe(200);
    expect(body).toEqual([{ ...withoutSecret(made), last_used_at: null }]);
  });

  it('keep nothing of the secret but its hash', async () => {
    const { body } = await post(purchase(), { 'idempotency-key': 'k' });
    const tables = ['package_tokens', 'package_token_retries', 'audit_entries'];
    for (const table of tables) {
      const rows: unknown = await hub.database.dataSource.query(`SELECT * FROM ${table}`);
      expect(JSON.stringify(rows)).not.toContain(body.token);
    }
  });

  it('end at once, once, and vanish from the list', async () => {
    const { body } = await post(purchase());
    for (let again = 0; again < 2; again += 1) {
      const answer = await hub.call('DELETE', `/api/tokens/${body.id}`, { token: hub.management });
      expect([answer.status, answer.body]).toEqual([200, { message: 'Token revoked' }]);
    }
    expect((await listOf('cust_123')).body).toEqual([]);
    expect(await audited(body.id)).toEqual(['package_token.created', 'package_token.revoked']);
  });

  it('end also for a script that names the type of a body it does not send', async () => {
    const { body } = await post(purchase());
    const headers = { 'content-type': 'application/json' };
    const answer = await hub.call('DELETE', `/api/tokens/${body.id}`, { token: hub.management, headers });
    expect(answer.status).toBe(200);
  });

  it('are the same one for the same order, whose secret is not shown twice', async () => {
    const { body: first } = await post(purchase());
    const { status, body: second } = await post(purchase());
    expect([status, second]).toEqual([200, withoutSecret(first)]);
    expect((await listOf('cust_123')).body).toHaveLength(1);
  });

  it('are made once when the shop sends an order eight times at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(purchase())));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('show the secret again to the same idempotency key for 24 hours', async () => {
    const key = { 'idempotency-key': 'retry-1' };
    const { body: first } = await post(purchase(), key);
    clock.advance(24 * 3_600 - 1);
    const again = await post(purchase(), key);
    expect([again.status, again.body]).toEqual([201, first]);
    clock.advance(1);
    const late = await post(purchase(), key);
    expect([late.status, late.body.token]).toEqual([200, undefined]);
  });

  it('refuse an idempotency key that comes with another request', async () => {
    await post(purchase(), { 'idempotency-key': 'k' });
    const { status, body } = await post(purchase('order_2'), { 'idempotency-key': 'k' });
    expect([status, body]).toEqual([409, expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED' })]);
  });

  it('take in a second purchase of the customer', async () => {
    const { body: first } = await post(purchase());
    const more = { ...purchase('order_2', ['other/']), expires_at: NOW + 2 * YEAR, extend: true };
    const { status, body } = await post(more);
    expect([status, body.id, body.token, body.expires_at]).toEqual([200, first.id, undefined, NOW + 2 * YEAR]);
    const { body: detail } = await hub.call('GET', `/api/tokens/${first.id}`, { token: hub.management });
    expect(detail).toMatchObject({
      entitlements: [
        { prefix: 'acme/', order_id: 'order_1', expires_at: NOW + YEAR },
        { prefix: 'other/', order_id: 'order_2', expires_at: NOW + 2 * YEAR },
      ],
    });
    expect((await post(more)).body.id).toBe(first.id); // the same second order, sent again
    expect((await listOf('cust_123')).body).toHaveLength(1);
    expect(await audited(first.id)).toEqual(['package_token.created', 'package_token.extended']);
  });

  it('lose what an order brought when it is refunded, and end with the last one', async () => {
    const { body: made } = await post(purchase());
    await post({ ...purchase('order_2', ['other/']), expires_at: NOW + 2 * YEAR, extend: true });
    const withdraw = (order: string, token = hub.management) => hub.call('DELETE', `/api/orders/${order}`, { token });
    const detail = async () => (await hub.call('GET', `/api/tokens/${made.id}`, { token: hub.management })).body;
    for (let again = 0; again < 2; again += 1) expect((await withdraw('order_2')).status).toBe(200);
    expect(await detail()).toMatchObject({
      expires_at: NOW + YEAR,
      entitlements: [{ prefix: 'acme/' }],
      revoked_at: null,
    });
    expect((await withdraw('order_1')).status).toBe(200);
    expect(await detail()).toMatchObject({ entitlements: [], revoked_at: NOW });
    expect((await withdraw('order_9')).body).toMatchObject({ code: 'ORDER_NOT_FOUND' });
    const actions = ['created', 'extended', 'withdrawn', 'revoked'].map((action) => `package_token.${action}`);
    expect(await audited(made.id)).toEqual(actions);
  });

  it('are one token for a customer whose first purchases arrive together', async () => {
    const orders = Array.from({ length: 10 }, (_, index) => `order_${index}`);
    const { dataSource } = hub.database;
    await Promise.all(orders.map(() => dataSource.query('SELECT pg_sleep(0.1)'))); // a connection for each
    const answers = await Promise.all(orders.map((order) => post({ ...purchase(order), extend: true })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await listOf('cust_123')).body).toHaveLength(1);
  });

  it('are renewed and changed by PATCH', async () => {
    const { body: made } = await post(purchase());
    const body = {
      expires_at: NOW + 3 * YEAR,
      description: 'renewed',
      rate_limit_max: 5,
      allowed_package_prefixes: ['b/'],
    };
    const changed = await hub.call('PATCH', `/api/tokens/${made.id}`, { token: hub.management, body });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ id: made.id, description: 'renewed', expires_at: NOW + 3 * YEAR });
    const { body: detail } = await hub.call('GET', `/api/tokens/${made.id}`, { token: hub.management });
    expect(detail).toMatchObject({
      rate_limit_max: 5,
      entitlements: [{ prefix: 'b/', expires_at: NOW + 3 * YEAR }],
    });
    expect(await audited(made.id)).toEqual(['package_token.created', 'package_token.changed']);
  });

  it('keep the order and the end of each right that stays when prefixes are changed', async () => {
    const { body: made } = await post(purchase());
    await post({ ...purchase('order_2', ['b/']), expires_at: NOW + 2 * YEAR, extend: true });
    const body = { allowed_package_prefixes: ['acme/', 'b/', 'c/'] };
    await hub.call('PATCH', `/api/tokens/${made.id}`, { token: hub.management, body });
    await hub.call('DELETE', '/api/orders/order_2', { token: hub.management });
    const { body: detail } = await hub.call('GET', `/api/tokens/${made.id}`, { token: hub.management });
    expect(detail).toMatchObject({
      entitlements: [
        { prefix: 'acme/', order_id: 'order_1', expires_at: NOW + YEAR },
        { prefix: 'c/', order_id: null, expires_at: NOW + 2 * YEAR },
      ],
    });
  });

  it('give new prefixes to the order of a token that has one, so that its refund takes them away too', async () => {
    const { body: made } = await post(purchase());
    const change = (body: object) => hub.call('PATCH', `/api/tokens/${made.id}`, { token: hub.management, body });
    expect((await change({ allowed_package_prefixes: ['acme/', 'b/'] })).status).toBe(200);
    const { body: detail } = await hub.call('GET', `/api/tokens/${made.id}`, { token: hub.management });
    expect(detail).toMatchObject({
      entitlements: [
        { prefix: 'acme/', order_id: 'order_1', expires_at: NOW + YEAR },
        { prefix: 'b/', order_id: 'order_1', expires_at: NOW + YEAR },
      ],
    });
    await hub.call('DELETE', '/api/orders/order_1', { token: hub.management });
    expect((await listOf('cust_123')).body).toEqual([]);
  });

  it('take null for what is absent: never ends, no order', async () => {
    const metadata = { customer_id: null, customer_email: null, order_id: null };
    const { status, body } = await post({ ...purchase(), expires_at: null, rate_limit_max: null, metadata });
    expect([status, body.expires_at]).toEqual([201, null]);
    await post({ ...purchase(), metadata: null });
    expect((await hub.call<unknown[]>('GET', '/api/tokens', { token: hub.management })).body).toHaveLength(2);
    const ends = { expires_at: NOW + 60 };
    const change = (rest: object) => hub.call('PATCH', `/api/tokens/${body.id}`, { token: hub.management, body: rest });
    expect((await change(ends)).body).toMatchObject(ends);
    expect((await change({ expires_at: null })).body).toMatchObject({ expires_at: null });
    const extension = await post({ ...purchase('order_9'), extend: true, metadata });
    expect([extension.status, extension.body]).toEqual([400, expect.objectContaining({ code: 'CUSTOMER_REQUIRED' })]);
  });

  it.each([
    ['an unknown field', { color: 'red' }],
    ['an unknown field in metadata', { metadata: { customer_id: 'c', vip: true } }],
    ['an empty list of prefixes', { allowed_package_prefixes: [] }],
    ['a wildcard', { allowed_package_prefixes: ['acme/*'] }],
    ['a bare vendor', { allowed_package_prefixes: ['acme'] }],
    ['a way up', { allowed_package_prefixes: ['acme/../'] }],
    ['upper case', { allowed_package_prefixes: ['Acme/'] }],
    ['an expiry in the past', { expires_at: NOW }],
    ['a huge expiry', { expires_at: 1e15 }],
    ['an expiry as text', { expires_at: '2031-01-01' }],
    ['a limit of 0', { rate_limit_max: 0 }],
    ['a negative limit', { rate_limit_max: -1 }],
    ['a huge limit', { rate_limit_max: 1e12 }],
    ['a limit with a fraction', { rate_limit_max: 1.5 }],
    ['other permissions', { permissions: 'write' }],
    ['a description of 10,000 characters', { description: 'x'.repeat(10_000) }],
    ['an extension without a customer', { extend: true, metadata: {} }],
    ['U+0000', { description: 'a\u0000b' }],
  ])('refuse %s, and make nothing', async (_, wrong) => {
    const { status, body } = await post({ ...purchase(), ...wrong });
    expect([status, body]).toEqual([400, expect.objectContaining({ type: 'invalid_data' })]);
    expect((await hub.call('GET', '/api/tokens', { token: hub.management })).body).toEqual([]);
  });

  it('may be made without prefixes and open nothing then', async () => {
    const { status, body } = await post({ ...purchase(), allowed_package_prefixes: undefined });
    expect(status).toBe(201);
    const { body: detail } = await hub.call('GET', `/api/tokens/${body.id}`, { token: hub.management });
    expect(detail).toMatchObject({ entitlements: [] });
  });

  it('need the right scope', async () => {
    const reader = await issueManagementToken(hub.app, ['tokens:read']);
    const writer = await issueManagementToken(hub.app, ['tokens:write']);
    expect((await post(purchase(), {}, reader)).status).toBe(403);
    expect((await listOf('cust_123', writer)).status).toBe(403);
    expect((await hub.call('GET', '/api/customers', { token: reader })).status).toBe(403);
    expect((await listOf('cust_123', reader)).status).toBe(200);
  });

  it('cannot be managed with a token of another kind', async () => {
    const publisher = await aPublisher(hub, 'acme');
    const { body } = await post(purchase());
    for (const token of [publisher.token, await anOperator(hub), body.token!, 'hmgt_nonsense', '']) {
      const { status } = await hub.call('GET', '/api/tokens', { token });
      expect(status).toBe(401);
    }
  });

  it('of one publisher are out of the reach of another', async () => {
    const [acme, other] = [await aPublisher(hub, 'acme'), await aPublisher(hub, 'other')];
    const acmeToken = await issueManagementToken(hub.app, ['tokens:read', 'tokens:write'], acme.id);
    const otherToken = await issueManagementToken(hub.app, ['tokens:read', 'tokens:write', 'customers:read'], other.id);
    const { body: made } = await post(purchase(), {}, acmeToken);
    expect((await listOf('cust_123', otherToken)).body).toEqual([]);
    for (const method of ['GET', 'DELETE']) {
      expect((await hub.call(method, `/api/tokens/${made.id}`, { token: otherToken })).status).toBe(404);
    }
    expect((await hub.call('GET', '/api/customers', { token: otherToken })).body).toMatchObject({ count: 0 });
    const stolen = await post(purchase('order_7'), {}, otherToken);
    expect([stolen.status, stolen.body]).toEqual([403, expect.objectContaining({ code: 'PREFIX_NOT_OWNED' })]);
  });

  it('name the customers they were made for', async () => {
    await post(purchase());
    await post(purchase('order_2'));
    const { body } = await hub.call('GET', '/api/customers', { token: hub.management });
    expect(body).toEqual({
      items: [
        { customer_id: 'cust_123', customer_email: 'jo@example.com', tokens: 2, created_at: NOW, last_used_at: null },
      ],
      count: 1,
      limit: 100,
      offset: 0,
    });
  });

  it('are managed with tokens an operator issues and revokes', async () => {
    const operator = await anOperator(hub);
    const issued = await hub.call<{ id: string; token: string }>('POST', '/console/management-tokens', {
      token: operator,
      body: { name: 'shop', scopes: ['tokens:write'] },
    });
    expect(issued.status).toBe(201);
    expect((await post(purchase(), {}, issued.body.token)).status).toBe(201);
    const { body: listed } = await hub.call('GET', '/console/management-tokens', { token: operator });
    expect(JSON.stringify(listed)).not.toContain(issued.body.token);
    expect((await hub.call('DELETE', `/console/management-tokens/${issued.body.id}`, { token: operator })).status).toBe(
      204,
    );
    expect((await post(purchase('order_2'), {}, issued.body.token)).status).toBe(401);
  });
});
