import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdvisoryDatabaseService, ReleaseAlert, ReleaseFiles, ReleaseSbom } from '#releases';
import { Release } from '#catalog';
import {
  aPublisherClient,
  aSignedPackage,
  askBytes,
  asOperator,
  asShop,
  doJobs,
  startTestHub,
  type PackageParts,
  type PublisherClient,
  type TestHub,
} from '#test';

let hub: TestHub;
let dataDir: string;
let publisher: PublisherClient;
let operator: { authorization: string };
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hansa-release-checks-'));
  hub = await startTestHub({ config: { dataDir } });
  publisher = await aPublisherClient(hub);
  operator = await asOperator(hub);
  await publisher.putListing('@nord/hello');
});
afterEach(async () => {
  await hub.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Submitted and checked. */
async function checked(parts: PackageParts = {}, by = publisher) {
  const { id } = (await by.submit(await aSignedPackage(by.key, parts))).json();
  await doJobs(hub);
  return (await by.send('GET', `/publisher/releases/${id}`)).json();
}

async function published(parts: PackageParts = {}, by = publisher): Promise<string> {
  const { id } = await checked(parts, by);
  await askBytes(
    hub,
    `/console/releases/${id}/approve`,
    { ...operator, 'content-type': 'application/json' },
    { method: 'POST', body: '{}' },
  );
  await doJobs(hub);
  return id;
}

const LEFT = {
  packageJson: { dependencies: { left: '^1.0.0' } },
  files: { 'node_modules/left/package.json': '{"name":"left","version":"1.1.0","license":"MIT"}' },
} satisfies PackageParts;

const osv = (id: string, changes: object = {}) => ({
  id,
  summary: 'Breaks out.',
  database_specific: { severity: 'HIGH' },
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.2.0' }] }],
    },
  ],
  ...changes,
});

async function importOsv(...entries: object[]) {
  const file = join(dataDir, 'osv.ndjson');
  await writeFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return hub.app.get(AdvisoryDatabaseService, { strict: false }).import(file, 'test');
}

describe('the checks of a submission', () => {
  it('run the plugin in the host of the shops and reject one that does not start', async () => {
    const { status, findings } = await checked({ files: { 'index.js': 'export function register() { throw 1; }' } });
    expect(status).toBe('rejected');
    expect(findings).toMatchObject([{ check: 'sandbox', severity: 'error' }]);
  });

  /** Files in which the static scan finds so much. */
  function manyFindings(count: number): Record<string, string> {
    const lines = Array.from({ length: count }, (_, index) => `export const f${index} = () => eval("${index}");`);
    return Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`lib/${at}.js`, lines.slice(at * 50, at * 50 + 50).join('\n')]),
    );
  }

  it('hold a release with five thousand findings for a person, who reads a page of them', async () => {
    const { id, status, findings } = await checked({ files: manyFindings(5_000) });
    expect(status).toBe('in_review');
    expect(findings).toHaveLength(201);
    expect(findings.at(-1)).toMatchObject({ severity: 'warning', message: 'and 4800 more findings' });
    const dossier = await askBytes(hub, `/console/releases/${id}`, operator);
    expect([dossier.status, dossier.body.length < 200_000]).toEqual([200, true]);
    const feed = await askBytes(hub, '/store/marketplace/feed', await asShop(hub));
    expect((feed.json() as { products: object[] }).products).toEqual([]);
  });

  it('survive five thousand findings and still show the one that matters', async () => {
    const files = manyFindings(4_999);
    const { status, findings } = await checked({ files: { ...files, 'z.txt': '-----BEGIN PRIVATE KEY-----' } });
    expect(status).toBe('rejected');
    expect(findings).toHaveLength(201);
    expect(findings[0]).toMatchObject({ severity: 'error', file: 'z.txt', line: 1 });
    expect(findings.at(-1).message).toBe('and 4800 more findings');
  });

  it('hold a name that could be taken for somebody else’s, until it was published once', async () => {
    await published();
    const squatter = await aPublisherClient(hub, '@sued');
    await squatter.putListing('@sued/he1lo');
    const manifest = { marketplace_id: '@sued/he1lo', id: 'he1lo' };
    expect(await checked({ manifest }, squatter)).toMatchObject({
      status: 'in_review',
      findings: [{ check: 'names', severity: 'warning', message: 'could be taken for @nord/hello' }],
    });
    const other = await aPublisherClient(hub, '@ost');
    await other.putListing('@ost/quite-different');
    const different = { marketplace_id: '@ost/quite-different', id: 'quite-different' };
    expect((await checked({ manifest: different }, other)).findings).toEqual([]);
  });

  it('list what is packed along, write a bill of materials, and compare with the release before', async () => {
    const first = await published({ manifest: { permissions: { storage: true } } });
    const { id, findings } = await checked({
      ...LEFT,
      manifest: { version: '1.1.0', permissions: { storage: true, net: ['api.nord.example'] } },
    });
    expect(findings).toMatchObject([{ check: 'diff', message: expect.stringContaining('net api.nord.example') }]);
    const { manager } = hub.database.dataSource;
    const { document } = await manager.findOneByOrFail(ReleaseSbom, { releaseId: id });
    expect(document).toMatchObject({ bomFormat: 'CycloneDX', components: [{ name: 'left', version: '1.1.0' }] });
    const { diff } = await manager.findOneByOrFail(ReleaseFiles, { releaseId: id });
    expect(diff).toMatchObject({
      from: '1.0.0',
      dependencies: { added: ['left@1.1.0'] },
      files: { added: ['node_modules/left/package.json'] },
    });
    expect((await manager.findOneByOrFail(ReleaseFiles, { releaseId: first })).diff).toBeNull();
  });
});

describe('an advisory about somebody else’s package', () => {
  it('is found at submission when it is known', async () => {
    await importOsv(osv('GHSA-1'));
    await doJobs(hub);
    const { status, findings } = await checked(LEFT);
    expect(status).toBe('in_review');
    expect(findings).toMatchObject([{ check: 'dependencies', message: expect.stringContaining('GHSA-1') }]);
  });

  it('is found in what is published when it arrives later, once, however often it is imported', async () => {
    const id = await published(LEFT);
    await checked({ ...LEFT, manifest: { version: '1.0.1' } });
    expect(await importOsv(osv('GHSA-1'))).toEqual({ read: 1, changed: 1 });
    await doJobs(hub);
    expect(await importOsv(osv('GHSA-1'))).toEqual({ read: 1, changed: 0 });
    await doJobs(hub);
    const { manager } = hub.database.dataSource;
    expect(await manager.find(ReleaseAlert)).toMatchObject([{ releaseId: id, component: 'left@1.1.0' }]);
    const { findings } = await manager.findOneByOrFail(Release, { id });
    expect(findings).toMatchObject([{ check: 'dependencies', severity: 'warning' }]);
    const read = async (path: string) => (await askBytes(hub, `/console/releases/${path}`, operator)).json();
    const alert = { release_id: id, marketplace_id: '@nord/hello', version: '1.0.0', component: 'left@1.1.0' };
    expect(await read('alerts')).toMatchObject({ items: [{ ...alert, advisory_id: 'GHSA-1' }], count: 1 });
    const known = { items: [{ id: 'GHSA-1', package_name: 'left', releases: 1 }], count: 1 };
    expect(await read('dependency-advisories')).toMatchObject(known);
    expect(await read('dependency-advisories?search=ghsa-1')).toMatchObject(known);
    expect(await read('dependency-advisories?search=right')).toMatchObject({ items: [], count: 0 });
  });

  it('is left alone when it was withdrawn or is about another version', async () => {
    await published(LEFT);
    const other = { affected: [{ package: { ecosystem: 'npm', name: 'left' }, versions: ['9.9.9'] }] };
    await importOsv(osv('GHSA-1', { withdrawn: '2029-01-01T00:00:00Z' }), osv('GHSA-2', other));
    await doJobs(hub);
    expect(await hub.database.dataSource.manager.count(ReleaseAlert)).toBe(0);
  });
});
