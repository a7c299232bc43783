import { connect } from 'node:net';
import { ENDPOINTS } from '../src/api/endpoints.js';
import { clientOf, useClosing, useSandbox } from './support/sandbox.js';
import { startSandbox } from '../src/index.js';

const FORM = 'application/x-www-form-urlencoded';
const ROUTES = Object.keys(ENDPOINTS).map((route) => route.split(' ') as [string, string]);

describe('bad input', () => {
  const sandbox = useSandbox({ maxBodyBytes: 65_536 });

  const send = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(sandbox.url + path, {
      method,
      headers: {
        authorization: 'Bearer sk_test_shop',
        ...(body !== undefined && { 'content-type': FORM }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  const errorOf = async (response: Response) =>
    ((await response.json()) as { error: { type: string; message: string } }).error;

  describe.each(ROUTES)('%s %s', (method, path) => {
    const at = (id: string): string => path.replace(':id', id);

    it('asks for a key', async () => {
      const response = await fetch(sandbox.url + at('x'), { method });
      expect([response.status, (await errorOf(response)).type]).toEqual([401, 'invalid_request_error']);
      expect(response.headers.get('request-id')).toMatch(/^req_/);
    });

    it('answers hostile parameters with a 4xx', async () => {
      const hostile = [
        'surprise=1',
        '__proto__[admin]=1',
        'a=%ff',
        'a[b=1',
        `a=${'x'.repeat(10_000)}`,
        "limit=1'%20OR%201=1--",
        'expand[]=../../x',
        'metadata=1&metadata[a]=2',
      ];
      for (const text of hostile) {
        const response =
          method === 'POST' ? await send(method, at('x'), text) : await send(method, `${at('x')}?${text}`);
        expect([text.slice(0, 30), Math.floor(response.status / 100)]).toEqual([text.slice(0, 30), 4]);
        expect((await errorOf(response)).message).not.toBe('');
      }
    });

    it('answers hostile ids with a 4xx', async () => {
      if (!path.includes(':id')) return;
      for (const id of [
        "1'%20OR%201=1--",
        '..%2f..%2fetc%2fpasswd',
        '__proto__',
        'constructor',
        'x'.repeat(10_000),
        '%00',
        '%zz',
      ]) {
        const response = await send(method, at(id));
        expect([id.slice(0, 20), Math.floor(response.status / 100)]).toEqual([id.slice(0, 20), 4]);
      }
    });
  });

  it.each<[string, string, Record<string, string>, number]>([
    ['a body larger than allowed', `name=${'x'.repeat(70_000)}`, {}, 413],
    ['JSON', '{"name":"A"}', { 'content-type': 'application/json' }, 415],
    ['no content type', 'name=A', { 'content-type': '' }, 415],
    ['more fields than anybody needs', Array.from({ length: 2001 }, (_, i) => `f${i}=1`).join('&'), {}, 400],
    ['a field nested deeper than anybody needs', `a${'[b]'.repeat(9)}=1`, {}, 400],
  ])('refuses %s', async (_name, body, headers, status) => {
    const response = await send('POST', '/v1/customers', body, headers);
    expect([response.status, (await errorOf(response)).type]).toEqual([status, 'invalid_request_error']);
    expect(
      (
        await clientOf({
          client: { host: '127.0.0.1', port: Number(new URL(sandbox.url).port), protocol: 'http' },
        }).customers.list()
      ).data,
    ).toEqual([]);
  });

  it('names the route that does not exist', async () => {
    const response = await send('GET', '/v1/nothing');
    expect([response.status, (await errorOf(response)).message]).toEqual([
      404,
      'Unrecognized request URL (GET: /v1/nothing).',
    ]);
  });

  it('survives what is not HTTP', async () => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.end('\u0000\u0001 not http\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect(await (await fetch(`${sandbox.url}/health`)).json()).toEqual({ status: 'ok' });
  });

  it('answers pages and the sandbox’s own endpoints with a 4xx too', async () => {
    const { stripe } = sandbox;
    const { id } = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://shop.test',
      line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'A' } } }],
    });
    const statuses = await Promise.all(
      [
        send('POST', `/c/pay/${id}`, 'email=%ff'),
        send('POST', `/c/pay/${id}`, `email=${'x'.repeat(10_000)}@shop.test`),
        send('POST', `/c/pay/${id}`, 'email[a]=b'),
        send('POST', `/c/pay/${id}`, '{}', { 'content-type': 'application/json' }),
        send('GET', '/c/pay/__proto__'),
        send('GET', '/c/challenge/pi_none'),
        send('POST', '/c/challenge/pi_none', 'result=maybe'),
        send('POST', '/c/challenge/pi_none', 'result=complete'),
        send('GET', '/sandbox/deliveries?limit=0'),
        send('GET', '/sandbox/deliveries?surprise=1'),
        send('GET', '/sandbox/deliveries?a=%ff'),
        send('DELETE', '/sandbox/deliveries'),
      ].map(async (response) => (await response).status),
    );
    expect(statuses).toEqual([400, 400, 400, 415, 404, 404, 400, 404, 400, 400, 400, 404]);
  });
});

describe('keys', () => {
  const closing = useClosing();
  it('take any test key unless one is configured, as bearer or basic, and never a live one', async () => {
    const any = closing(await startSandbox());
    const one = closing(await startSandbox({ secretKey: 'sk_test_right' }));
    const status = async ({ port }: { port: number }, authorization: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/v1/events`, { headers: { authorization } })).status;
    const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
    expect([
      await status(any, 'Bearer sk_test_a'),
      await status(any, basic('sk_test_a')),
      await status(any, 'Bearer sk_live_a'),
    ]).toEqual([200, 200, 401]);
    expect([
      await status(one, 'Bearer sk_test_right'),
      await status(one, basic('sk_test_right')),
      await status(one, 'Bearer sk_test_wrong'),
    ]).toEqual([200, 200, 401]);
  });
});
