import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeHostileArchives, type RawEntry } from '@hansa/testing';
import { sha256Hex, signRelease } from '@hansa/trust';
import { aRelease, PUBLISHER, startTenant, type Reply, type TestTenant } from '#test';

describe('a hostile package, signed by its publisher', () => {
  let folder: string;
  let tenant: TestTenant;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'));
    tenant = await startTenant();
  });
  afterEach(async () => {
    await tenant.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const upload = async (zip: Buffer, manifestBytes: Buffer): Promise<Reply> => {
    const signature = await signRelease(
      {
        marketplace_id: '@acme/hello',
        version: '1.0.0',
        sha256: sha256Hex(zip),
        size_bytes: zip.length,
        manifest_sha256: sha256Hex(manifestBytes),
        signed_at: '2030-01-01T00:00:00Z',
      },
      PUBLISHER.privateJwk,
    );
    return tenant.adminRaw('POST', '/admin/plugins/upload', zip, {
      'content-type': 'application/zip',
      'x-release-signature': signature,
      'x-publisher-key': Buffer.from(JSON.stringify(PUBLISHER.publicJwk)).toString('base64url'),
    });
  };
  const codeOf = async ({ status, body }: Reply): Promise<string> =>
    status === 202 ? (await tenant.ended(body.job.id)).code : body.code;
  /** Everything on disk but the folders that stay, with nothing in them. */
  const files = async () =>
    (await readdir(tenant.dataDir, { recursive: true })).filter((name) => !/^plugins(\/(incoming|store))?$/.test(name));

  it('is refused with its own code, whatever it tries, and leaves no byte anywhere', async () => {
    const manifestBytes = Buffer.from(JSON.stringify((await aRelease()).manifest));
    const beside: RawEntry[] = [
      { name: 'manifest.json', data: manifestBytes },
      { name: 'package.json', data: Buffer.from('{"name":"hello","version":"1.0.0","type":"module"}') },
      { name: 'index.js', data: Buffer.from('export function register() {}') },
    ];
    const before = await files();
    const hostile = await writeHostileArchives(folder, beside);
    for (const { file, attack, code, limits } of hostile) {
      if (limits) continue; // the size of a package is counted while it comes in
      expect([attack, await codeOf(await upload(await readFile(file), manifestBytes))]).toEqual([attack, code]);
    }
    expect(await files()).toEqual(before);
    expect((await readdir(join(tenant.dataDir, '..'))).filter((name) => /evil|passwd/.test(name))).toEqual([]);
    expect(await tenant.dataSource.query('SELECT 1 FROM plugins')).toEqual([]);
  });
});
