import { createHash } from 'node:crypto';
import { verifyRelease, type Ed25519PublicJwk } from '@hansa/trust';
import { ask, expectRefusal, send, type Reply, type Target } from './target.js';

interface Product {
  readonly marketplace_id: string;
  readonly version: string;
  readonly price_eur: number;
  readonly sha256: string;
}
interface Download {
  readonly url: string;
  readonly expires_at: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly signature: { readonly publisher: string; readonly key: Ed25519PublicJwk };
}

const FEED_KEYS = [
  'id',
  'marketplace_id',
  'name',
  'type',
  'version',
  'price_eur',
  'manifest',
  'download_url',
  'sha256',
  'published_at',
];

/** What a compact JWS says, unverified. */
function statementOf(sig: string): { readonly manifest_sha256: string } {
  return JSON.parse(Buffer.from(sig.split('.')[1]!, 'base64url').toString()) as { manifest_sha256: string };
}

/** What a hub owes to shops that know nothing but the protocol (federation protocol, section 2). */
export function describeHub(target: () => Target): void {
  const store = (path: string) => `${target().hubUrl}/store/marketplace${path}`;
  const key = () => ({ 'x-publishable-api-key': target().publishableKey });
  const get = (path: string, headers: Record<string, string> = key()) => ask(store(path), { headers });
  const products = async (query = '') => (await get(`/feed?per_page=100${query}`)).body['products'] as Product[];
  const free = async () => (await products('&price=free'))[0]!;

  it('publishes public keys and nothing private', async () => {
    const { status, body } = await ask(`${target().hubUrl}/.well-known/jwks.json`);
    expect(status).toBe(200);
    const keys = body['keys'] as object[];
    expect(keys.length).toBeGreaterThan(0);
    for (const each of keys) for (const secret of ['d', 'k', 'p', 'q']) expect(each).not.toHaveProperty(secret);
  });

  it('lists packages with the documented keys, a strong ETag, and 304 when nothing changed', async () => {
    const page = await get('/feed?page=1&per_page=2');
    expect(page.body).toMatchObject({ limit: 2, offset: 0, count: expect.any(Number) as unknown });
    const items = page.body['products'] as object[];
    for (const item of items) for (const name of FEED_KEYS) expect(item).toHaveProperty(name);
    const etag = page.headers.get('etag')!;
    expect(etag).toMatch(/^"/);
    expect((await get('/feed?page=1&per_page=2', { ...key(), 'if-none-match': etag })).status).toBe(304);
    expectRefusal(await get('/feed?per_page=1000'), 400);
    expectRefusal(await get('/feed', { 'x-publishable-api-key': 'pk_nobody' }), 401);
  });

  it('shows a package under its raw and its encoded id, versions newest first', async () => {
    const { marketplace_id: id } = await free();
    const [raw, encoded] = [await get(`/feed/${id}`), await get(`/feed/${encodeURIComponent(id)}`)];
    expect(raw.body['product']).toEqual(encoded.body['product']);
    const { versions } = raw.body['product'] as { versions: { published_at: string; sha256: string }[] };
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(version.sha256).toMatch(/^[0-9a-f]{64}$/);
    expectRefusal(await get('/feed/@nobody/nothing'), 404);
  });

  it('answers updates alike in every spelling, leaves out what it does not know, and refuses nonsense', async () => {
    const { marketplace_id: id, version } = await free();
    const versions = { [id]: '0.0.1', '@nobody/nothing': '1.0.0' };
    const text = JSON.stringify(versions);
    const answers = [
      await get(`/updates?versions=${encodeURIComponent(text)}`),
      await send('POST', store('/updates'), { versions }, key()),
    ];
    for (const { body } of answers) {
      const [update, ...more] = body['updates'] as { marketplace_id: string; latest: string }[];
      expect(update).toMatchObject({
        marketplace_id: id,
        current: '0.0.1',
        changelog_url: expect.any(String) as unknown,
      });
      expect(more).toEqual([]);
    }
    const { body } = await send('POST', store('/updates'), { versions: { [id]: version } }, key());
    expect(body['updates']).toEqual([]);
    expectRefusal(await get('/updates?versions={'), 400);
    expectRefusal(await send('POST', store('/updates'), { versions: { [id]: 'newest' } }, key()), 400);
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`@many/p${i}`, '1.0.0']));
    expectRefusal(await send('POST', store('/updates'), { versions: many }, key()), 400);
  });

  it('hands out the bytes it names, signed by their publisher, and nothing for a changed address', async () => {
    const { marketplace_id, version } = await free();
    const told = (await get(`/download/${marketplace_id}/${version}`)).body as unknown as Download;
    const left = new Date(told.expires_at).getTime() - Date.now();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(15 * 60_000 + 5_000);
    const { bytes } = await ask(told.url);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(told.sha256);
    expect(bytes.length).toBe(told.size_bytes);
    const { manifest_sha256 } = statementOf(told.signature.publisher);
    const { sha256, size_bytes } = told;
    const named = { marketplace_id, version, sha256, size_bytes, manifest_sha256 };
    expect(await verifyRelease(told.signature.publisher, told.signature.key, named)).toMatchObject(named);
    const part = await ask(told.url, { headers: { range: 'bytes=0-3' } });
    expect([part.status, part.bytes.toString('latin1')]).toEqual([206, 'PK\u0003\u0004']);
    expect((await ask(told.url.replace(told.sha256, '0'.repeat(64)))).status).toBe(403);
    expectRefusal(await get(`/download/${marketplace_id}/999.0.0`), 404);
  });

  it('sells what costs: 402 without a license, a verdict for a key nobody has', async () => {
    const paid = (await products('&price=paid'))[0]!;
    expectRefusal(await get(`/download/${paid.marketplace_id}/${paid.version}`), 402, 'LICENSE_REQUIRED');
    const question = {
      license_key: 'CC-0000-0000-0000',
      marketplace_id: paid.marketplace_id,
      instance_id: `inst_${'0'.repeat(26)}`,
    };
    const verdict = await send('POST', store('/license/verify'), question);
    expect([verdict.status, verdict.body['valid'], verdict.body['reason']]).toEqual([200, false, 'NOT_FOUND']);
    expectRefusal(await send('POST', store('/license/verify'), { license_key: 1 }), 400);
  });

  it('keeps what is an instance’s own to itself', async () => {
    const asks: Promise<Reply>[] = [
      get('/inbox'),
      send('POST', store('/inbox/ack'), { delivery_ids: [] }, key()),
      send('POST', store('/instances/rotate-secret'), {}, key()),
      send('POST', store('/outcomes'), { marketplace_id: '@a/b', version: '1.0.0', outcome: 'failed' }, key()),
      ask(store('/inbox'), { headers: { authorization: 'Bearer not.a.token' } }),
    ];
    for (const reply of await Promise.all(asks)) expectRefusal(reply, 401);
  });

  it('publishes metadata of its releases that a TUF client can begin with', async () => {
    for (const name of ['1.root.json', 'timestamp.json']) {
      const { status, body } = await ask(`${target().hubUrl}/tuf/metadata/${name}`);
      expect([name, status]).toEqual([name, 200]);
      expect(body).toMatchObject({
        signed: { expires: expect.any(String) as unknown },
        signatures: expect.any(Array) as unknown,
      });
    }
  });
}
