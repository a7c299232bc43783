import 'reflect-metadata';
import { HubProblem } from './hub-problem.js';
import { HubUnreachable } from './hub-unreachable.js';
import { PublisherClient } from './publisher-client.js';

const RELEASE = {
  id: 'rel_1',
  marketplace_id: '@acme/radar',
  version: '1.2.3',
  status: 'submitted',
  sha256: 'a'.repeat(64),
  size_bytes: 3,
  submitted_at: '2030-01-01T00:00:00Z',
  published_at: null,
  findings: [],
};

describe(PublisherClient.name, () => {
  const calls: { url: string; init: RequestInit }[] = [];
  beforeEach(() => void calls.splice(0));

  function answering(status: number, body: unknown): PublisherClient {
    const fetch = (async (url: string, init: RequestInit) => {
      calls.push({ url, init });
      return new Response(JSON.stringify(body), { status, headers: { 'retry-after': '7' } });
    }) as typeof globalThis.fetch;
    return new PublisherClient({ baseUrl: 'https://hub.example/', token: 'ptk_1', fetch });
  }

  const upload = () => ({ zip: new Blob(['zip']).stream(), sizeBytes: 3, signature: 'a.b.c\n' });

  it('sends the token as a header, never in the address, and follows no redirect', async () => {
    await answering(200, RELEASE).release('rel/1');
    const [{ url, init } = { url: '', init: {} }] = calls;
    expect(url).toBe('https://hub.example/publisher/releases/rel%2F1');
    expect(init).toMatchObject({ redirect: 'error', headers: { authorization: 'Bearer ptk_1' } });
  });

  it.each([
    [201, true],
    [202, true],
    [200, false],
  ])('reads an upload answered with %d as created: %s', async (status, created) => {
    await expect(answering(status, RELEASE).submitRelease(upload())).resolves.toMatchObject({
      created,
      release: { id: 'rel_1' },
    });
    expect(calls[0]?.init.headers).toMatchObject({ 'content-length': '3', 'x-release-signature': 'a.b.c' });
  });

  it('ignores fields of an answer it does not know', async () => {
    await expect(answering(200, { ...RELEASE, later: 1 }).release('rel_1')).resolves.toMatchObject({
      status: 'submitted',
    });
  });

  it('refuses a marketplace id that would change the path', async () => {
    await expect(answering(200, {}).putListing('@a/../x', {} as never)).rejects.toThrow(TypeError);
    expect(calls).toEqual([]);
  });

  it('keeps code, status, request id, details and waiting time of a refusal', async () => {
    const details = [{ path: 'name', message: 'is empty' }];
    const problem = { type: 'rate_limited', code: 'RATE_LIMITED', message: 'Slow down.', request_id: 'req_1', details };
    const error = await answering(429, problem)
      .release('rel_1')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HubProblem);
    expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429, requestId: 'req_1', details });
    expect((error as HubProblem).options.retryAfterSeconds).toBe(7);
  });

  it.each([
    ['of another shape', 200, { id: 'rel_1' }],
    ['from a broken server', 500, {}],
    ['that is no object', 200, []],
  ])('takes an answer %s for no answer', async (_what, status, body) => {
    await expect(answering(status, body).release('rel_1')).rejects.toBeInstanceOf(HubUnreachable);
  });

  it('says when nothing answers in time', async () => {
    const fetch = (async (_url: string, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      })) as typeof globalThis.fetch;
    const client = new PublisherClient({ baseUrl: 'https://hub.example', token: 't', fetch, timeoutMs: 10 });
    await expect(client.release('rel_1')).rejects.toMatchObject({ reason: 'TIMEOUT' });
  });

  it('says when the hub cannot be reached', async () => {
    const fetch = (async () => Promise.reject(new Error('ECONNREFUSED'))) as typeof globalThis.fetch;
    const client = new PublisherClient({ baseUrl: 'https://hub.example', token: 't', fetch });
    await expect(client.submitRelease(upload())).rejects.toMatchObject({ reason: 'NETWORK' });
  });
});
