import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEd25519 } from '@hansa/trust';
import { handlersOf } from '@hansa/platform';
import { PublisherKey } from '#accounts';
import { AuditEntry } from '#audit';
import { Package } from '#catalog';
import { ArtifactStore } from '#storage';
import {
  aPublisherClient,
  aSignedPackage,
  askBytes,
  asOperator,
  asShop,
  doJobs,
  eventually,
  startTestHub,
  type PackageParts,
  type PublisherClient,
  type TestHub,
} from '#test';

let hub: TestHub;
let dataDir: string;
let publisher: PublisherClient;
let operator: { authorization: string };
let shop: { 'x-publishable-api-key': string };
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hansa-releases-'));
  hub = await startTestHub({ config: { dataDir, releases: { maxPackageBytes: 200_000 } } });
  publisher = await aPublisherClient(hub);
  operator = await asOperator(hub);
  shop = await asShop(hub);
  await publisher.putListing('@nord/hello');
});
afterEach(async () => {
  await hub.close();
  await rm(dataDir, { recursive: true, force: true });
});

const submit = async (parts: PackageParts = {}) => publisher.submit(await aSignedPackage(publisher.key, parts));
const read = async (id: string) => (await publisher.send('GET', `/publisher/releases/${id}`)).json();
const decide = (id: string, step: string, body: object = {}) =>
  askBytes(
    hub,
    `/console/releases/${id}/${step}`,
    { ...operator, 'content-type': 'application/json' },
    { method: 'POST', body: JSON.stringify(body) },
  );
const feed = async (on: TestHub = hub, query = '') =>
  (await askBytes(on, `/store/marketplace/feed${query}`, shop)).json();

/** Submitted, checked, approved and published. */
async function publish(parts: PackageParts = {}): Promise<string> {
  const { id } = (await submit(parts)).json();
  await doJobs(hub);
  expect((await decide(id, 'approve')).status).toBe(200);
  await doJobs(hub);
  return id;
}

describe('a release on its way', () => {
  it('is submitted, checked, approved, published and shown', async () => {
    const submitted = await submit({ manifest: { changelog: 'First.', keepsUnknown: { fields: true } } });
    expect(submitted.status).toBe(201);
    const { id } = submitted.json();
    expect(submitted.json()).toMatchObject({
      marketplace_id: '@nord/hello',
      version: '1.0.0',
      status: 'submitted',
      published_at: null,
    });
    expect(await feed()).toMatchObject({ count: 0 });

    await doJobs(hub);
    expect(await read(id)).toMatchObject({ status: 'in_review', findings: [] });
    const waiting = await askBytes(hub, '/console/releases?status=in_review', operator);
    expect(waiting.json()).toMatchObject({ items: [{ id }], count: 1, limit: 20, offset: 0 });

    expect((await decide(id, 'approve', { note: 'Fine.' })).json()).toMatchObject({ status: 'approved' });
    expect(await feed()).toMatchObject({ count: 0 });
    await doJobs(hub);
    expect(await read(id)).toMatchObject({ status: 'published', published_at: '2030-01-01T00:00:00.000Z' });
    expect(await feed()).toMatchObject({
      products: [{ marketplace_id: '@nord/hello', version: '1.0.0', manifest: { keepsUnknown: { fields: true } } }],
    });
    const audit = await hub.database.dataSource.manager.find(AuditEntry, {
      where: { subject: id },
      order: { id: 'ASC' },
    });
    expect(audit.map(({ action, actor }) => `${actor.split(':')[0]!} ${action}`)).toEqual([
      'publisher release.submitted',
      'system release.in_review',
      'operator release.approved',
      'system release.published',
    ]);
  });

  it('replaces the one before it at once, and a lower one does not replace it', async () => {
    await publish();
    const before = (await askBytes(hub, '/store/marketplace/feed', shop)).headers.etag;
    await publish({ manifest: { version: '1.10.0' } });
    await publish({ manifest: { version: '1.9.0' } });
    await publish({ manifest: { version: '2.0.0-rc.1' } });
    expect(await feed()).toMatchObject({ count: 1, products: [{ version: '1.10.0' }] });
    expect((await askBytes(hub, '/store/marketplace/feed', shop)).headers.etag).not.toBe(before);
  });

  it('is hidden when yanked and back when unyanked', async () => {
    await publish();
    const id = await publish({ manifest: { version: '1.1.0' } });
    expect((await decide(id, 'yank', { reason: 'Breaks carts.' })).json()).toMatchObject({ status: 'yanked' });
    expect(await feed()).toMatchObject({ products: [{ version: '1.0.0' }] });
    expect((await decide(id, 'unyank')).json()).toMatchObject({ status: 'published' });
    expect(await feed()).toMatchObject({ products: [{ version: '1.1.0' }] });
  });

  it('is seen by another hub on the same database within a second', async () => {
    const other = await startTestHub({ on: hub.database, config: { dataDir } });
    expect(await feed(other)).toMatchObject({ count: 0 });
    const id = await publish();
    await eventually('the other hub shows it', async () => (await feed(other)).count === 1, 1_000);
    await decide(id, 'yank', { reason: 'x' });
    await eventually('the other hub hides it', async () => (await feed(other)).count === 0, 1_000);
    await other.close();
  });

  it('comes back into review when it is submitted again after changes were requested', async () => {
    const made = await aSignedPackage(publisher.key);
    const { id } = (await publisher.submit(made)).json();
    await doJobs(hub);
    await decide(id, 'request-changes', { note: 'Say what it does.' });
    expect((await publisher.submit(made)).json()).toMatchObject({ id, status: 'submitted' });
    await doJobs(hub);
    expect(await read(id)).toMatchObject({ status: 'in_review' });
  });

  it('takes no step its state does not allow', async () => {
    const { id } = (await submit()).json();
    for (const [step, body] of [
      ['approve', {}],
      ['unyank', {}],
      ['yank', { reason: 'x' }],
      ['request-changes', { note: 'x' }],
    ] as const) {
      expect((await decide(id, step, body)).json()).toMatchObject({
        type: 'conflict',
        code: 'STEP_NOT_ALLOWED',
        status: 'submitted',
      });
    }
    await doJobs(hub);
    await decide(id, 'approve');
    expect((await decide(id, 'unyank')).json()).toMatchObject({ code: 'STEP_NOT_ALLOWED', status: 'approved' });
    await doJobs(hub);
    expect((await decide(id, 'reject', { note: 'late' })).status).toBe(409);
    expect((await decide('rel_unknown', 'approve')).json()).toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    expect((await decide(id, 'yank')).json()).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('is checked and published once by jobs that run twice', async () => {
    const { id } = (await submit()).json();
    const jobs = handlersOf(hub.app) as Record<string, (payload: object) => Promise<void>>;
    const checks = await hub.database.takeJobs();
    const run = () => Promise.all(checks.map(({ payload }) => jobs['check-release']!(payload)));
    await Promise.all([run(), run()]);
    await decide(id, 'approve');
    await Promise.all([jobs['publish-release']!({ releaseId: id }), jobs['publish-release']!({ releaseId: id })]);
    await jobs['publish-release']!({ releaseId: id });
    expect(await hub.database.dataSource.manager.countBy(AuditEntry, { subject: id })).toBe(4);
    expect(await read(id)).toMatchObject({ status: 'published' });
    await hub.database.takeJobs();
  });

  it('is latest by version when several are published at the same time', async () => {
    const versions = ['1.0.0', '1.0.1', '1.0.2', '1.0.3', '1.0.4'];
    const ids: string[] = [];
    for (const version of versions) ids.push((await submit({ manifest: { version } })).json().id);
    await doJobs(hub);
    for (const id of ids) await decide(id, 'approve');
    const jobs = handlersOf(hub.app) as Record<string, (payload: object) => Promise<void>>;
    await Promise.all(ids.map((releaseId) => jobs['publish-release']!({ releaseId })));
    expect(await feed()).toMatchObject({ products: [{ version: '1.0.4' }] });
    await hub.database.takeJobs();
  });
});

describe('the same version again', () => {
  it('is the same release when the bytes are the same', async () => {
    const made = await aSignedPackage(publisher.key);
    const first = await publisher.submit(made);
    const again = await publisher.submit(made);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.json().id).toBe(first.json().id);
  });

  it('is one release when both arrive at once', async () => {
    const made = await aSignedPackage(publisher.key);
    const answers = await Promise.all([1, 2, 3, 4].map(() => publisher.submit(made)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
    expect(new Set((await hub.database.takeJobs()).map(({ payload }) => JSON.stringify(payload))).size).toBe(9);
  });

  it('is refused with other bytes, for ever', async () => {
    const { id } = (await submit()).json();
    await doJobs(hub);
    await decide(id, 'reject', { note: 'no' });
    const other = await submit({ files: { 'more.txt': 'more' } });
    expect(other.status).toBe(409);
    expect(other.json()).toMatchObject({ type: 'conflict', code: 'VERSION_TAKEN' });
    const sameToSemver = await submit({ manifest: { version: '1.0.0+build' } });
    expect(sameToSemver.json()).toMatchObject({ code: 'VERSION_TAKEN' });
  });
});

describe('a submission that breaks a rule', () => {
  it('is refused when a stranger, or a key that was revoked, signed it', async () => {
    const foreign = await publisher.submit(await aSignedPackage(generateEd25519().privateJwk));
    expect(foreign.json()).toMatchObject({ type: 'forbidden', code: 'SIGNING_KEY_UNKNOWN' });
    const { manager } = hub.database.dataSource;
    await manager.update(PublisherKey, { publisherId: publisher.id }, { revokedAt: new Date() });
    expect((await submit()).json()).toMatchObject({ code: 'SIGNING_KEY_UNKNOWN' });
  });

  it('is refused when its key is over, or has not begun', async () => {
    const { manager } = hub.database.dataSource;
    const change = (validity: { validFrom?: Date; validUntil?: Date; addedAt?: Date }) =>
      manager.update(PublisherKey, { publisherId: publisher.id }, { validFrom: null, validUntil: null, ...validity });
    await change({ validUntil: new Date('2030-01-01T00:00:00Z'), addedAt: new Date('2029-01-01T00:00:00Z') });
    expect((await submit()).json()).toMatchObject({ code: 'SIGNING_KEY_UNKNOWN' });
    await change({ validFrom: new Date('2030-01-01T00:00:01Z') });
    expect((await submit()).json()).toMatchObject({ code: 'SIGNING_KEY_UNKNOWN' });
    await change({ validFrom: new Date('2030-01-01T00:00:00Z') });
    expect((await submit()).status).toBe(201);
  });

  it('is refused when the manifest id changes between releases', async () => {
    await submit();
    expect((await submit({ manifest: { version: '1.1.0', id: 'other' } })).json()).toMatchObject({
      code: 'PLUGIN_ID_CHANGED',
    });
  });

  it('is for publishers only, and a release is read by its own', async () => {
    const { zip, signature } = await aSignedPackage(publisher.key);
    const headers = { 'content-type': 'application/zip', 'x-release-signature': signature };
    expect((await askBytes(hub, '/publisher/releases', headers, { method: 'POST', body: zip })).status).toBe(401);
    const { id } = (await submit()).json();
    const other = await aPublisherClient(hub, '@other');
    expect((await other.send('GET', `/publisher/releases/${id}`)).json()).toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    expect((await askBytes(hub, '/console/releases', { authorization: publisher.authorization })).status).toBe(401);
  });
});

describe('the checks', () => {
  it('show the reviewer what is worth a look', async () => {
    const { id } = (
      await submit({
        packageJson: { scripts: { postinstall: 'node x.js' } },
        files: {
          'lib/a.js': "import cp from 'node:child_process';\neval('1');",
          'b.js': 'const _0x1a2b3c = 1;',
          'readme.md': 'eval(',
        },
      })
    ).json();
    await doJobs(hub);
    const { status, findings } = await read(id);
    expect(status).toBe('in_review');
    expect(findings).toMatchObject([
      {
        check: 'static-scan',
        severity: 'warning',
        message: expect.stringContaining('postinstall'),
        file: 'package.json',
      },
      { message: 'cannot be read by people', file: 'b.js', line: 1, advice: expect.any(String) },
      { message: 'runs text as code', file: 'lib/a.js', line: 2 },
      { message: 'starts other programs', file: 'lib/a.js', line: 1 },
    ]);
  });

  it('reject a release whose stored bytes were changed', async () => {
    const { id, sha256 } = (await submit()).json();
    const { path } = await hub.app.get(ArtifactStore, { strict: false }).localCopy(sha256);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, 'other bytes');
    await doJobs(hub);
    expect(await read(id)).toMatchObject({ status: 'rejected', findings: [{ check: 'archive', severity: 'error' }] });
  });

  it('reject a release whose key was revoked meanwhile', async () => {
    const { id } = (await submit()).json();
    await hub.database.dataSource.manager.update(
      PublisherKey,
      { publisherId: publisher.id },
      { revokedAt: new Date() },
    );
    await doJobs(hub);
    expect(await read(id)).toMatchObject({ status: 'rejected', findings: [{ check: 'signature', severity: 'error' }] });
  });
});

describe('a listing', () => {
  it('is made once and then changed, and a new price shows at once', async () => {
    const made = await publisher.putListing('@nord/hello');
    await publish();
    expect(await feed()).toMatchObject({ products: [{ price_eur: 0, license_kind: 'free' }] });
    const changed = await publisher.putListing('@nord/hello', { license_kind: 'one_time', price_eur: 49.9 });
    expect(changed.json()).toEqual({ ...made.json(), license_kind: 'one_time', price_eur: 49.9 });
    expect(await feed()).toMatchObject({ products: [{ price_eur: 49.9, license_kind: 'one_time' }] });
    expect(
      (
        await publisher.send('PUT', '/publisher/packages/%40nord%2Fhello', {
          ...changed.json(),
          id: undefined,
          marketplace_id: undefined,
        })
      ).json(),
    ).toEqual(changed.json());
    expect(await hub.database.dataSource.manager.count(Package)).toBe(1);
  });
});
