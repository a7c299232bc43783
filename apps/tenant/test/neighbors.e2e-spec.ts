import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generateEd25519 } from '@hansa/trust';
import { aRelease, FakeHub, PUBLISHER, startTenant, type Release, type TestTenant } from '#test';

describe('a package among others, and from the admin’s own disk', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub });
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const install = async (id: string) => {
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: `@acme/${id}` });
    return tenant.ended(body.job.id);
  };
  const upload = (release: Release, zip = release.zip, key: object = PUBLISHER.publicJwk) =>
    tenant.adminRaw('POST', '/admin/plugins/upload', zip, {
      'content-type': 'application/zip',
      'x-release-signature': release.signature.publisher,
      'x-publisher-key': Buffer.from(JSON.stringify(key)).toString('base64url'),
    });
  const incoming = () => readdir(join(tenant.dataDir, 'plugins', 'incoming')).catch(() => []);

  it('needs what it depends on, and is needed by what depends on it', async () => {
    hub.releases.push(await aRelease({ id: 'top', manifest: { dependencies: { '@acme/base': '^1.0.0' } } }));
    hub.releases.push(await aRelease({ id: 'base' }));
    expect(await install('top')).toMatchObject({ outcome: 'failed', code: 'DEPENDENCY_MISSING' });
    await install('base');
    expect(await install('top')).toMatchObject({ outcome: 'done' });
    expect((await tenant.admin('DELETE', '/admin/plugins/base')).body).toMatchObject({
      code: 'NEEDED_BY_OTHERS',
      needed_by: ['@acme/top'],
    });
    hub.releases.push(await aRelease({ id: 'base', version: '2.0.0' }));
    expect(await install('base')).toMatchObject({ outcome: 'failed', code: 'NEEDED_BY_OTHERS' });
  });

  it('lets in one of two that do not get along, however they come', async () => {
    hub.releases.push(
      await aRelease({ id: 'one', manifest: { conflicts: { '@acme/two': '*' } } }),
      await aRelease({ id: 'two' }),
    );
    const jobs = await Promise.all([install('one'), install('two')]);
    expect(jobs.map(({ outcome }) => outcome).sort()).toEqual(['done', 'failed']);
    expect(jobs.find(({ outcome }) => outcome === 'failed')).toMatchObject({ code: 'CONFLICT' });
  });

  it('lets in one of two packages that call themselves the same, and leaves that one whole', async () => {
    hub.releases.push(
      await aRelease({ id: 'one', manifest: { id: 'same' } }),
      await aRelease({ id: 'two', manifest: { id: 'same' } }),
    );
    const jobs = await Promise.all([install('one'), install('two')]);
    expect(jobs.map(({ outcome }) => outcome).sort()).toEqual(['done', 'failed']);
    expect(jobs.find(({ outcome }) => outcome === 'failed')).toMatchObject({ code: 'PLUGIN_ID_TAKEN' });
    expect((await tenant.admin('GET', '/plugins/same/hello')).status).toBe(200);
  });

  it('installs and updates from a file, without asking the hub', async () => {
    const asked = hub.asked.length;
    const { status, body } = await upload(await aRelease());
    expect([status, body.code]).toEqual([202, undefined]);
    expect(await tenant.ended(body.job.id)).toMatchObject({ outcome: 'done', kind: 'install' });
    const next = await upload(await aRelease({ version: '1.1.0' }));
    expect(await tenant.ended(next.body.job.id)).toMatchObject({ outcome: 'done', kind: 'update' });
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body.version).toBe('1.1.0');
    expect((await upload(await aRelease({ version: '1.1.0' }))).body.code).toBe('ALREADY_INSTALLED');
    expect((await upload(await aRelease())).body.code).toBe('DOWNGRADE_REFUSED');
    expect(hub.asked.slice(asked).filter(({ path }) => path.includes('/download/'))).toEqual([]);
  });

  it('verifies a file as it verifies what comes from the hub', async () => {
    const release = await aRelease();
    const codeOf = async (reply: Awaited<ReturnType<typeof upload>>) =>
      reply.status === 202 ? (await tenant.ended(reply.body.job.id)).code : reply.body.code;
    const other = generateEd25519();
    expect(await codeOf(await upload(release, release.zip, other.publicJwk))).toBe('KEY_UNKNOWN');
    expect(await codeOf(await upload(await aRelease({ signedAs: { version: '9.9.9' } })))).toBe('STATEMENT_MISMATCH');
    expect(await codeOf(await upload(await aRelease({ priceEur: 49 })))).toBe('LICENSE_REQUIRED');
    expect(await codeOf(await upload(release, Buffer.concat([release.zip, Buffer.from('x')])))).toBe('TRAILING_DATA');
    expect(await codeOf(await upload(release, Buffer.from('no zip')))).toBe('NOT_AN_ARCHIVE');
    expect(await codeOf(await upload(await aRelease({ manifest: { type: 'virus' } })))).toBe('MANIFEST_INVALID');
    const zip = { 'content-type': 'application/zip' };
    const unsigned = await tenant.adminRaw('POST', '/admin/plugins/upload', release.zip, zip);
    expect(await codeOf(unsigned)).toBe('SIGNATURE_MISSING');
    const badKey = await tenant.adminRaw('POST', '/admin/plugins/upload', release.zip, {
      ...zip,
      'x-publisher-key': '!',
    });
    expect(badKey.body.code).toBe('PUBLISHER_KEY_UNREADABLE');
    expect((await tenant.raw('POST', '/admin/plugins/upload', release.zip, zip)).status).toBe(401);
    expect(await incoming()).toEqual([]);
  });

  it('stops reading a file that is too large', async () => {
    const small = await startTenant({
      hub,
      worker: false,
      config: { packages: { maxBytes: 10_000, keepReleases: 2 } },
    });
    const zip = { 'content-type': 'application/zip' };
    const reply = await small.adminRaw('POST', '/admin/plugins/upload', Buffer.alloc(10_001), zip);
    expect([reply.status, reply.body.code]).toEqual([413, 'PACKAGE_TOO_LARGE']);
    await small.stop();
  });
});
