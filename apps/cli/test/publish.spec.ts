import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { hansa, useWorkspace } from './command-line.js';

const LISTING = {
  name: 'Radar',
  type: 'marketing',
  summary: 'Watches.',
  description: '# Radar',
  categories: ['seo'],
  license_kind: 'free',
  price_eur: 0,
};
const TOKEN = { HANSA_TOKEN: 'ptk_secret' };

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A hub as far as a publisher sees it; `answers` are given in order, the last one again and again. */
describe('hansa publish', () => {
  const work = useWorkspace();
  let server: Server;
  let hub: string;
  let seen: Seen[];
  let releases: [number, object][];

  beforeEach(async () => {
    seen = [];
    releases = [];
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await hansa(['keygen', '--out', work.path('key.json')]);
    await hansa(['pack', work.plugin({ 'data.bin': randomBytes(100_000).toString('hex') })]);
    await hansa(['sign', zip(), '--key', work.path('key.json')]);
    writeFileSync(work.path('listing.json'), JSON.stringify(LISTING));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks) });
    const isListing = url.startsWith('/publisher/packages/');
    const listed = { id: 'ccmp_01HZX3K9QW8R7V6T5S4P3N2M1K', marketplace_id: '@acme/radar', ...LISTING, unknown: 1 };
    const [status, body] = isListing ? [201, listed] : releases.length > 1 ? releases.shift()! : releases[0]!;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  const zip = () => work.path('radar', 'out', 'radar-1.2.3.zip');
  const release = (status: string, findings: object[] = []) => ({
    id: 'rel_1',
    marketplace_id: '@acme/radar',
    version: '1.2.3',
    status,
    sha256: 'a'.repeat(64),
    size_bytes: 1,
    submitted_at: '2030-01-01T00:00:00Z',
    published_at: null,
    findings,
  });
  const problem = (type: string, code: string) => ({ type, code, message: 'No.', request_id: 'req_1' });
  const publish = (...more: string[]) => hansa(['publish', zip(), '--hub', hub, '--json', ...more], TOKEN);

  it('sends product page and release as the protocol says, waits for the checks, and prints the release', async () => {
    releases = [
      [202, release('submitted')],
      [200, release('submitted')],
      [200, release('in_review')],
    ];
    const outcome = await publish('--listing', work.path('listing.json'));
    expect(outcome).toMatchObject({ code: 0, err: '', json: { id: 'rel_1', status: 'in_review' } });

    const [listing, upload, ...polls] = seen;
    expect([listing?.method, listing?.url]).toEqual(['PUT', '/publisher/packages/@acme/radar']);
    expect(JSON.parse(listing!.body.toString())).toEqual(LISTING);
    expect([upload?.method, upload?.url]).toEqual(['POST', '/publisher/releases']);
    expect(upload?.body).toEqual(readFileSync(zip()));
    expect(upload?.headers).toMatchObject({
      authorization: 'Bearer ptk_secret',
      'content-type': 'application/zip',
      'content-length': String(readFileSync(zip()).length),
      'x-release-signature': readFileSync(`${zip()}.sig`, 'utf8').trim(),
    });
    expect(upload?.headers).not.toHaveProperty('transfer-encoding');
    expect(polls.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(2).fill('GET /publisher/releases/rel_1'));
  });

  it('takes bytes the hub has already as done', async () => {
    releases = [[200, release('published')]];
    const { code, out, err } = await hansa(['publish', zip(), '--hub', hub], TOKEN);
    expect(code).toBe(0);
    expect(err).toContain('the hub has these bytes already');
    expect(out).toBe('@acme/radar 1.2.3: published (release rel_1)\n');
  });

  it('shows how far an upload is', async () => {
    releases = [[202, release('in_review')]];
    expect((await hansa(['publish', zip(), '--hub', hub], TOKEN)).err).toContain('uploading 100 %');
  });

  it('stops waiting when asked to, with the state as it is', async () => {
    releases = [[202, release('submitted')]];
    expect(await publish('--wait', '0')).toMatchObject({ code: 0, json: { status: 'submitted' } });
  });

  it.each(['rejected', 'changes_requested'])(
    'ends with exit code 1 and the findings when the hub says %s',
    async (status) => {
      const finding = { check: 'static-scan', severity: 'error', message: 'eval is used', file: 'index.js' };
      releases = [[202, release(status, [finding])]];
      const { code, out } = await hansa(['publish', zip(), '--hub', hub], TOKEN);
      expect(code).toBe(1);
      expect(out).toContain('  error static-scan (index.js): eval is used');
      expect(await publish()).toMatchObject({ code: 1, json: { status, findings: [finding] } });
    },
  );

  it.each<[number, object, number, string]>([
    [409, problem('conflict', 'VERSION_TAKEN'), 1, 'VERSION_TAKEN'],
    [401, problem('unauthorized', 'CREDENTIALS_REQUIRED'), 1, 'CREDENTIALS_REQUIRED'],
    [413, { html: 'too large' }, 1, 'HUB_ANSWER_INVALID'],
    [502, { html: 'bad gateway' }, 3, 'HUB_UNREACHABLE'],
    [202, { id: 'rel_1' }, 3, 'HUB_UNREACHABLE'],
  ])('turns an answer of %d into a coded error', async (status, body, code, error) => {
    releases = [[status, body]];
    expect(await publish()).toMatchObject({ code, json: { error: { code: error } } });
  });

  it('gives the request id of a refusal, for the operator', async () => {
    releases = [[409, problem('conflict', 'VERSION_TAKEN')]];
    const { err } = await hansa(['publish', zip(), '--hub', hub], TOKEN);
    expect(err).toContain('hansa: VERSION_TAKEN: No.\n  request req_1\n');
  });

  it('says HUB_UNREACHABLE with exit code 3 when nothing listens', async () => {
    await new Promise((done) => server.close(done));
    expect(await publish()).toMatchObject({ code: 3, json: { error: { code: 'HUB_UNREACHABLE' } } });
  });

  it('follows no redirect: the token would go to whoever it names', async () => {
    const elsewhere: string[] = [];
    const other = createServer((request, response) => {
      elsewhere.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    server.removeAllListeners('request');
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    server.on('request', (_request, response: ServerResponse) => response.writeHead(307, { location }).end());
    expect(await publish('--listing', work.path('listing.json'))).toMatchObject({ code: 3 });
    expect(elsewhere).toEqual([]);
    other.close();
  });

  it.each<[string, string, string[], Record<string, string>]>([
    ['no token', 'TOKEN_MISSING', [], {}],
    ['a token that would split a header', 'TOKEN_MISSING', [], { HANSA_TOKEN: 'a\r\nx: y' }],
    ['a hub without encryption elsewhere', 'HUB_NOT_HTTPS', ['--hub', 'http://hub.example'], TOKEN],
    ['a hub that is no URL', 'HUB_URL_INVALID', ['--hub', 'hub.example'], TOKEN],
    ['a hub with a password in its URL', 'HUB_URL_INVALID', ['--hub', 'https://a:b@hub.example'], TOKEN],
    ['a wait that is no number', 'WAIT_INVALID', ['--wait', 'long'], TOKEN],
  ])('sends nothing with %s', async (_what, code, more, env) => {
    const outcome = await hansa(['publish', zip(), '--hub', hub, '--json', ...more], env);
    expect(outcome).toMatchObject({ code: 2, json: { error: { code } } });
    expect(seen).toEqual([]);
  });

  it('sends nothing with a product page that is not valid, and names every field', async () => {
    writeFileSync(work.path('listing.json'), JSON.stringify({ ...LISTING, type: 'x', price: 1 }));
    const { code, json } = await publish('--listing', work.path('listing.json'));
    expect(code).toBe(1);
    expect(json).toMatchObject({ error: { code: 'LISTING_INVALID', details: [{ path: 'price' }, { path: 'type' }] } });
    expect(seen).toEqual([]);
  });

  it('sends nothing without a signature', async () => {
    expect(await publish('--sig', work.path('none.sig'))).toMatchObject({ code: 2 });
    writeFileSync(work.path('bad.sig'), 'no signature');
    expect(await publish('--sig', work.path('bad.sig'))).toMatchObject({
      code: 1,
      json: { error: { code: 'SIGNATURE_MALFORMED' } },
    });
    expect(seen).toEqual([]);
  });

  it('reads the token from a file', async () => {
    releases = [[200, release('published')]];
    writeFileSync(work.path('token'), 'ptk_from_file\n');
    await hansa(['publish', zip(), '--hub', hub, '--token-file', work.path('token')]);
    expect(seen[0]?.headers.authorization).toBe('Bearer ptk_from_file');
  });
});
