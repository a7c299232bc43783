import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { askBytes, eventually, fixedClock } from '#test';
import {
  aPackageToken,
  aPublisher,
  issueManagementToken,
  publishVersion,
  startComposerHub,
  type ComposerHub,
} from './support/composer.js';

interface P2 {
  minified: string;
  packages: Record<string, { version: string; dist: { url: string; shasum: string } }[]>;
}

const NOW = Date.parse('2030-01-01T00:00:00Z') / 1_000;

describe('the Composer repository', () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let hub: ComposerHub;
  let acme: { id: string; token: string };
  beforeEach(async () => {
    clock.set('2030-01-01T00:00:00Z');
    hub = await startComposerHub({ clock });
    acme = await aPublisher(hub, 'acme');
  });
  afterEach(() => hub.close());

  const get = <T = Record<string, unknown>>(
    path: string,
    token: string,
    headers: Record<string, string> = {},
    from = hub,
  ) => from.call<T>('GET', path, { token, headers });
  const p2 = (name: string, token: string, headers: Record<string, string> = {}) =>
    get<P2>(`/p2/${name}.json`, token, headers);
  const patch = (id: string, body: object) => hub.call('PATCH', `/api/tokens/${id}`, { token: hub.management, body });

  it('has a root for each token that names what it opens', async () => {
    const { token } = await aPackageToken(hub, ['acme/', 'other/seo']);
    const { status, headers, body } = await get('/packages.json', token);
    expect(status).toBe(200);
    expect(body).toEqual({
      packages: {},
      'metadata-url': '/p2/%package%.json',
      'available-package-patterns': ['acme/*', 'other/seo*'],
      'notify-batch': '/notify-batch',
      search: '/search.json?q=%query%&type=%type%',
      list: '/list.json',
      'security-advisories': { metadata: false, 'api-url': `${hub.url}/security-advisories` },
    });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('cache-control')).toMatch(/^private/);
    expect(headers.get('vary')).toMatch(/^Authorization/);
  });

  it('never gives a root with an empty list, which a client would read as everything', async () => {
    const { token } = await aPackageToken(hub, ['acme/'], { allowed_package_prefixes: undefined });
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    expect((await get('/packages.json', token)).body['available-package-patterns']).toEqual(['-/-']);
    expect((await p2('acme/seo', token)).status).toBe(404);
  });

  it('lists versions newest first and minified, with digests of the very bytes it serves', async () => {
    const { token } = await aPackageToken(hub, ['acme/']);
    const first = await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const second = await publishVersion(hub, acme.token, 'acme/seo', '1.10.0');
    await publishVersion(hub, acme.token, 'acme/seo', '1.9.0');
    const { status, body } = await p2('acme/seo', token);
    expect(status).toBe(200);
    expect(body.minified).toBe('composer/2.0');
    const versions = body.packages['acme/seo']!;
    expect(versions.map(({ version }) => version)).toEqual(['1.10.0', '1.9.0', '1.0.0']);
    expect(versions[0]).toEqual({
      name: 'acme/seo',
      version: '1.10.0',
      version_normalized: '1.10.0.0',
      description: 'Seo for shops',
      license: ['proprietary'],
      require: { php: '>=7.4' },
      autoload: { 'psr-4': { 'Acme\\Seo\\': 'src/' } },
      type: 'library',
      time: '2030-01-01T00:00:00+00:00',
      dist: {
        type: 'zip',
        url: `${hub.url}/dist/acme/seo/${second.id}.zip`,
        reference: second.sha1,
        shasum: second.sha1,
      },
    });
    expect(Object.keys(versions[2]!).sort()).toEqual(['dist', 'version', 'version_normalized']);
    const zip = await fetch(`${hub.url}/dist/acme/seo/${first.id}.zip`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const bytes = Buffer.from(await zip.arrayBuffer());
    expect(createHash('sha1').update(bytes).digest('hex')).toBe(versions[2]!.dist.shasum);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(first.sha256);
  });

  it('has an empty file for branches when there are none', async () => {
    const { token } = await aPackageToken(hub, ['acme/']);
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const { status, body } = await get<P2>('/p2/acme/seo~dev.json', token);
    expect([status, body.packages]).toEqual([200, { 'acme/seo': [] }]);
  });

  it('hides other vendors behind 404 and says nothing about them', async () => {
    const other = await aPublisher(hub, 'other');
    const hidden = await publishVersion(hub, other.token, 'other/seo', '1.0.0');
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const { token } = await aPackageToken(hub, ['acme/']);
    const there = await p2('other/seo', token);
    const nowhere = await p2('other/nothing', token);
    for (const answer of [there, nowhere]) expect(answer.status).toBe(404);
    expect(Object.keys(there.body)).toEqual(Object.keys(nowhere.body));
    expect((await get(`/dist/other/seo/${hidden.id}.zip`, token)).status).toBe(404);
    expect((await get(`/dist/acme/seo/${hidden.id}.zip`, token)).status).toBe(404);
    expect((await get('/search.json?q=seo', token)).body).toMatchObject({ results: [{ name: 'acme/seo' }], total: 1 });
    expect((await get('/list.json', token)).body).toEqual({ packageNames: ['acme/seo'] });
    expect((await get('/list.json?filter=other/*', token)).body).toEqual({ packageNames: [] });
  });

  it('takes the token as Basic password or Bearer, and nothing else', async () => {
    const { token } = await aPackageToken(hub, ['acme/']);
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    const answers = async (headers: Record<string, string>) =>
      (await hub.call('GET', '/packages.json', { headers })).status;
    expect(await answers(basic(`token:${token}`))).toBe(200);
    expect(await answers({ authorization: `bearer ${token}` })).toBe(200);
    expect(await answers(basic(token))).toBe(401);
    expect(await answers({ authorization: `Digest ${token}` })).toBe(401);
    expect(await answers({})).toBe(401);
  });

  it('asks for credentials in the words HTTP has for it', async () => {
    const { status, headers, body } = await hub.call('GET', '/p2/acme/seo.json');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Basic realm="Composer packages", charset="UTF-8", Bearer');
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toMatchObject({ type: 'unauthorized', code: 'CREDENTIALS_REQUIRED', request_id: expect.any(String) });
  });

  it('refuses tokens of every other kind', async () => {
    const kinds = [acme.token, await issueManagementToken(hub.app, ['tokens:read']), 'hpkt_nonsense', 'x'.repeat(500)];
    for (const token of kinds) expect((await get('/packages.json', token)).status).toBe(401);
  });

  it('stops guessing from an address, and bothers nobody behind it whose token is right', async () => {
    const { token } = await aPackageToken(hub, ['acme/']);
    const late = await aPackageToken(hub, ['acme/']);
    const strict = await startComposerHub({ on: hub, config: { rates: { anonymous: 60, key: 3, license: 600 } } });
    try {
      const asked = async (secret: string) => (await get('/packages.json', secret, {}, strict)).status;
      for (let right = 0; right < 5; right += 1) expect(await asked(token)).toBe(200);
      for (let wrong = 0; wrong < 3; wrong += 1) expect(await asked('hpkt_nonsense')).toBe(401);
      const { status, headers, body } = await get('/packages.json', late.token, {}, strict);
      expect([status, body['code'], headers.get('retry-after')]).toEqual([429, 'TOO_MANY_GUESSES', '60']);
      expect(await asked(token)).toBe(200);
      clock.advance(60);
      expect(await asked(late.token)).toBe(200);
    } finally {
      await strict.close();
    }
  });

  it('tells the customer in his terminal when the token has expired', async () => {
    const { token } = await aPackageToken(hub, ['acme/'], { expires_at: NOW + 60 });
    expect((await get('/packages.json', token)).status).toBe(200);
    clock.advance(60);
    const { status, headers, body } = await get('/packages.json', token);
    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toMatchObject({
      code: 'TOKEN_EXPIRED',
      warning: expect.stringMatching(/^Token expired on 2030-01-01/),
    });
  });

  it('opens again at once when an expired token is renewed', async () => {
    const { id, token } = await aPackageToken(hub, ['acme/'], { expires_at: NOW + 60 });
    clock.advance(60);
    expect((await get('/packages.json', token)).status).toBe(401);
    await patch(id, { expires_at: NOW + 3_600 });
    expect((await get('/packages.json', token)).status).toBe(200);
  });

  it('answers 304 without a body, for nothing, while nothing changed', async () => {
    const { token } = await aPackageToken(hub, ['acme/'], { rate_limit_max: 10 });
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const first = await p2('acme/seo', token);
    const held = { 'if-modified-since': first.headers.get('last-modified')! };
    expect(new Date(held['if-modified-since']).getTime()).toBeLessThan(Date.now());
    const again = await p2('acme/seo', token, held);
    expect([again.status, again.body]).toEqual([304, undefined]);
    expect(again.headers.get('last-modified')).toBe(held['if-modified-since']);
    expect(again.headers.get('x-ratelimit-remaining')).toBe('9');
    expect((await p2('acme/seo', token, { 'if-modified-since': new Date().toUTCString() })).status).toBe(200);
  });

  it('moves Last-Modified with the rights of the token and with the package, though the clock stands still', async () => {
    const { id, token } = await aPackageToken(hub, ['acme/seo']);
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const seen = new Set<string>();
    const modified = async () => {
      const answers = await Promise.all([p2('acme/seo', token), get('/packages.json', token)]);
      return answers.map(({ headers }) => headers.get('last-modified')!).join();
    };
    seen.add(await modified());
    await patch(id, { allowed_package_prefixes: ['acme/seo', 'acme/more'] });
    seen.add(await modified());
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.1');
    seen.add(await modified());
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.2');
    seen.add(await modified());
    expect(seen.size).toBe(4);
  });

  it('opens what was bought, and shuts what was revoked, at once and in every process', async () => {
    const second = await startComposerHub({ on: hub });
    try {
      await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
      const { id, token } = await aPackageToken(hub, ['acme/other']);
      const asked = () => get('/p2/acme/seo.json', token, {}, second);
      expect((await asked()).status).toBe(404);
      await patch(id, { allowed_package_prefixes: ['acme/'] });
      const opened = await asked();
      expect(opened.status).toBe(200);
      await publishVersion(hub, acme.token, 'acme/seo', '1.1.0');
      expect(Object.values((await get<P2>('/p2/acme/seo.json', token, {}, second)).body.packages)[0]).toHaveLength(2);
      await hub.call('DELETE', `/api/tokens/${id}`, { token: hub.management });
      const held = { 'if-modified-since': opened.headers.get('last-modified')! };
      expect((await get('/p2/acme/seo.json', token, held, second)).status).toBe(401);
    } finally {
      await second.close();
    }
  });

  it('says when one of several rights has run out', async () => {
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const metadata = { customer_id: 'c' };
    const { token } = await aPackageToken(hub, ['acme/seo'], { expires_at: NOW + 60, metadata });
    const body = {
      description: 'x',
      permissions: 'readonly',
      allowed_package_prefixes: ['b/'],
      metadata,
      extend: true,
    };
    await hub.call('POST', '/api/tokens', { token: hub.management, body });
    expect((await p2('acme/seo', token)).status).toBe(200);
    clock.advance(60);
    const ended = await p2('acme/seo', token);
    expect(ended.status).toBe(404);
    expect(ended.body).toMatchObject({ warning: expect.stringContaining('ended on 2030-01-01') });
    expect((await get('/packages.json', token)).body['available-package-patterns']).toEqual(['b/*']);
  });

  it('compresses what is worth it, for clients that can read it', async () => {
    const { token } = await aPackageToken(hub, ['acme/']);
    for (let patch = 0; patch < 10; patch += 1) await publishVersion(hub, acme.token, 'acme/seo', `1.0.${patch}`);
    const authorization = `Bearer ${token}`;
    const plain = await askBytes(hub, '/p2/acme/seo.json', { authorization });
    const zipped = await askBytes(hub, '/p2/acme/seo.json', { authorization, 'accept-encoding': 'gzip' });
    expect([plain, zipped].map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip']);
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
    expect(zipped.body.length).toBeLessThan(plain.body.length);
  });

  it('counts exactly to the limit for 16 clients at once, over two processes', async () => {
    const second = await startComposerHub({ on: hub });
    try {
      await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
      const { token } = await aPackageToken(hub, ['acme/'], { rate_limit_max: 150 });
      const statuses: number[] = [];
      const client = async (from: ComposerHub) => {
        for (let request = 0; request < 20; request += 1) {
          statuses.push((await get('/p2/acme/seo.json', token, {}, from)).status);
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, index) => client(index % 2 === 0 ? hub : second)));
      expect(statuses).toHaveLength(320);
      expect(statuses.filter((status) => status === 200)).toHaveLength(150);
      expect(statuses.filter((status) => status === 429)).toHaveLength(170);
    } finally {
      await second.close();
    }
  });

  it('says how long the limit holds and starts over with the next hour', async () => {
    clock.set('2030-01-01T00:59:30Z');
    const { token } = await aPackageToken(hub, ['acme/'], { rate_limit_max: 1 });
    const first = await get('/packages.json', token);
    expect(first.headers.get('x-ratelimit-limit')).toBe('1');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(first.headers.get('x-ratelimit-reset')).toBe(String(NOW + 3_600));
    const refused = await get('/packages.json', token);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.headers.get('content-type')).toBe('application/json');
    expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', warning: expect.stringContaining('01:00 UTC') });
    clock.advance(30);
    expect((await get('/packages.json', token)).status).toBe(200);
  });

  it('writes what was asked, by whom and how often', async () => {
    const { id, token } = await aPackageToken(hub, ['acme/']);
    const { id: versionId } = await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    await Promise.all(Array.from({ length: 40 }, () => p2('acme/seo', token)));
    const count = async () => {
      const rows: { requests: number }[] = await hub.database.dataSource.query(
        `SELECT coalesce(sum(requests), 0)::int AS requests FROM composer_accesses
          WHERE token_id = $1 AND action = 'metadata' AND subject = 'acme/seo'`,
        [id],
      );
      return rows[0]!.requests;
    };
    expect(await eventually('the audit of 40 reads', async () => (await count()) === 40)).toBe(true);
    const second = await startComposerHub({ on: hub });
    await get(`/dist/acme/seo/${versionId}.zip`, token, {}, second);
    await second.close(); // writes what is left
    const [usage]: object[] = await hub.database.dataSource.query(
      'SELECT used, requests::int, downloads::int, last_used_at FROM package_token_usage WHERE token_id = $1',
      [id],
    );
    expect(usage).toMatchObject({ used: 41, requests: 41, downloads: 1, last_used_at: clock.now() });
    expect(await hub.database.dataSource.query('SELECT version_id, downloads::int FROM composer_downloads')).toEqual([
      { version_id: versionId, downloads: 1 },
    ]);
  });

  it('takes notice of installs for nothing', async () => {
    const { id, token } = await aPackageToken(hub, ['acme/'], { rate_limit_max: 1 });
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const body = {
      downloads: [{ name: 'acme/seo', version: '1.0.0.0', downloaded: true }, { name: 'other/x', version: '1' }, 7],
    };
    for (let again = 0; again < 3; again += 1) {
      expect((await hub.call('POST', '/notify-batch', { token, body })).status).toBe(200);
    }
    expect((await hub.call('POST', '/notify-batch', { token, body: 'nonsense' })).status).toBe(200);
    expect((await get('/packages.json', token)).status).toBe(200);
    const rows: { subject: string }[] = await hub.database.dataSource.query(
      `SELECT DISTINCT subject FROM composer_accesses WHERE token_id = $1 AND action = 'install' AND subject <> ''`,
      [id],
    );
    expect(rows).toEqual([{ subject: 'acme/seo 1.0.0.0' }]);
  });

  it('shows advisories of what the token opens, in the form Composer reads', async () => {
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const advisory = { package: 'acme/seo', title: 'Injection', affected_versions: '<1.0.1', cve: 'CVE-2030-1234' };
    const made = await hub.call<{ id: string }>('POST', '/publisher/composer/advisories', {
      token: acme.token,
      body: advisory,
    });
    expect(made.status).toBe(201);
    const ask = (token: string) =>
      hub.call<{ advisories: Record<string, unknown[]> }>('POST', '/security-advisories', {
        token,
        body: 'packages%5B0%5D=acme%2Fseo&packages%5B1%5D=other%2Fx',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const { token } = await aPackageToken(hub, ['acme/']);
    expect((await ask(token)).body.advisories).toEqual({
      'acme/seo': [
        expect.objectContaining({ advisoryId: made.body.id, affectedVersions: '<1.0.1', cve: 'CVE-2030-1234' }),
      ],
    });
    expect((await ask((await aPackageToken(hub, ['other/'])).token)).body.advisories).toEqual({});
    const path = `/publisher/composer/advisories/${made.body.id}`;
    expect((await hub.call('DELETE', path, { token: (await aPublisher(hub, 'other')).token })).status).toBe(404);
    expect((await hub.call('DELETE', path, { token: acme.token })).status).toBe(204);
    expect((await ask(token)).body.advisories).toEqual({});
  });

  it('finds packages by words, taking % for itself', async () => {
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0', { description: 'Finds 100% of links' });
    const { token } = await aPackageToken(hub, ['acme/']);
    const found = async (query: string) => (await get<{ total: number }>(`/search.json?${query}`, token)).body.total;
    expect(await found('q=LINKS+100%25')).toBe(1);
    expect(await found('q=%25%25')).toBe(0);
    expect(await found('q=seo&type=library')).toBe(1);
    expect(await found('q=seo&type=magento2-module')).toBe(0);
  });

  it.each([
    '/p2/acme/seo',
    '/p2/acme/..%2f..%2fseo.json',
    '/p2/ACME/seo.json',
    '/p2/acme/%00.json',
    `/p2/acme/${'a'.repeat(1_000)}.json`,
    '/dist/acme/seo/..%2f..%2fx.zip',
    `/dist/acme/seo/cver_${'0'.repeat(26)}.zip`,
  ])('answers 404 to %s', async (path) => {
    const { token } = await aPackageToken(hub, ['acme/']);
    expect((await get(path, token)).status).toBe(404);
  });
});
