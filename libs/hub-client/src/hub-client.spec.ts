import { HubClient } from './hub-client.js';
import { HubProblem } from './hub-problem.js';
import { HubUnreachable } from './hub-unreachable.js';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** The edge of the process: answers what it is told and keeps what was sent. */
function network(answer: () => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const fetch = (async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return answer();
  }) as unknown as typeof globalThis.fetch;
  return { sent, fetch };
}

const FEED = { products: [], count: 0, limit: 20, offset: 0 };
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const hub = (fetch: typeof globalThis.fetch, limits = {}) =>
  new HubClient({ baseUrl: 'https://hub.example/', publishableKey: 'pk_1', fetch, ...limits });

describe(HubClient.name, () => {
  it('sends the publishable key and leaves out what was not asked', async () => {
    const { fetch, sent } = network(() => json(FEED));
    await hub(fetch).feed({ search: 'a b', page: 2 });
    expect(sent[0]?.url).toBe('https://hub.example/store/marketplace/feed?search=a+b&page=2');
    expect(sent[0]?.init.headers).toMatchObject({ 'x-publishable-api-key': 'pk_1' });
  });

  it('never follows a redirect, which would carry the license key elsewhere', async () => {
    const answer = { url: 'https://x', expires_at: 'later', sha256: 'a'.repeat(64) };
    const { fetch, sent } = network(() => json(answer));
    await hub(fetch).download('@v/p', 'latest', { licenseKey: 'CC-1', instanceId: 'sealed' });
    expect(sent[0]?.url).toBe('https://hub.example/store/marketplace/download/@v/p/latest');
    expect(sent[0]?.init).toMatchObject({
      redirect: 'error',
      headers: { 'x-license-key': 'CC-1', 'x-instance-id': 'sealed' },
    });
  });

  it.each(['../admin', '@v/p/../../x', '@V/p', '@v/p?x'])('refuses to put %s into a path', async (id) => {
    const { fetch, sent } = network(() => json(FEED));
    await expect(hub(fetch).product(id)).rejects.toBeInstanceOf(TypeError);
    expect(sent).toHaveLength(0);
  });

  it('ignores fields it does not know', async () => {
    const { fetch } = network(() => json({ ...FEED, next: 'page' }));
    await expect(hub(fetch).feed()).resolves.toMatchObject({ count: 0 });
  });

  it('reads a refusal with its code, status and request id', async () => {
    const problem = {
      type: 'conflict',
      message: 'no',
      code: 'ALREADY_LICENSED',
      request_id: 'r1',
      license_id: 'lic_1',
    };
    const { fetch } = network(() => json(problem, 409));
    const error: unknown = await hub(fetch)
      .product('@v/p')
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HubProblem);
    expect(error).toMatchObject({ status: 409, code: 'ALREADY_LICENSED', requestId: 'r1' });
  });

  it.each<[string, () => Response | Promise<Response>, string]>([
    ['a broken connection', () => Promise.reject(new TypeError('fetch failed')), 'NETWORK'],
    ['a 503', () => json({}, 503), 'SERVER_ERROR'],
    ['a page of a proxy', () => new Response('<html>'), 'ANSWER_INVALID'],
    ['an answer of another shape', () => json({ products: 'none' }), 'ANSWER_INVALID'],
    ['an endless answer', () => new Response('x'.repeat(2_000)), 'ANSWER_TOO_LARGE'],
  ])('takes %s for no answer', async (_, answer, reason) => {
    const { fetch } = network(answer);
    const error: unknown = await hub(fetch, { maxBytes: 1_000 })
      .feed()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HubUnreachable);
    expect(error).toMatchObject({ reason });
  });

  it('gives up on a hub that does not answer in time', async () => {
    const fetch = ((_: string, { signal }: RequestInit) =>
      new Promise((_done, fail) =>
        signal?.addEventListener('abort', () => fail(new DOMException('aborted', 'TimeoutError'))),
      )) as unknown as typeof globalThis.fetch;
    const error: unknown = await hub(fetch, { timeoutMs: 20 })
      .jwks()
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ reason: 'TIMEOUT' });
  });
});
