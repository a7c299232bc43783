import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashFile } from '@hansa/archive';
import { writeHostileArchives } from '@hansa/testing';
import { generateEd25519, sha256Hex, thumbprint } from '@hansa/trust';
import { aRelease, pack, PUBLISHER, type Release } from '#test';
import type { PackageFacts } from './install-job.entity.js';
import { verifyPackage, type PackageExpectation } from './verify-package.js';

const EXPECTED: PackageExpectation = {
  marketplaceId: '@acme/hello',
  version: '1.0.0',
  maxBytes: 1_000_000,
  pinnedKey: null,
  vouchedFor: async () => null,
  isLicensed: true,
  platformVersion: '2.0.0',
  installed: null,
  neighbors: [],
};
const told = ({ sha256, zip, signature }: Release): PackageFacts => ({
  sha256,
  sizeBytes: zip.length,
  signature: { publisher: signature.publisher, key: signature.key },
});

describe(verifyPackage, () => {
  let folder: string;
  let release: Release;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verify-'));
    release = await aRelease();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const verify = async (zip: Buffer, facts: PackageFacts, expected: Partial<PackageExpectation> = {}) => {
    const file = join(folder, 'package.zip');
    await writeFile(file, zip);
    return verifyPackage(file, facts, { ...EXPECTED, ...expected });
  };

  it('believes what the publisher released, and says whose key it was', async () => {
    const pinned = { pinnedKey: thumbprint(PUBLISHER.publicJwk), installed: { id: 'hello', version: '0.9.0' } };
    const { manifest, keyThumbprint } = await verify(release.zip, told(release), pinned);
    expect([manifest.id, keyThumbprint]).toEqual(['hello', PUBLISHER.kid]);
  });

  it('reads the bytes on disk again, whatever was fetched before', async () => {
    const changed = Buffer.from(release.zip);
    changed[changed.length - 30]! ^= 1;
    await expect(verify(changed, told(release))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    const longer = Buffer.concat([release.zip, Buffer.from([0])]);
    await expect(verify(longer, told(release))).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
  });

  it.each<[string, Partial<PackageExpectation>]>([
    ['ARCHIVE_TOO_LARGE', { maxBytes: 100 }],
    ['PUBLISHER_KEY_CHANGED', { pinnedKey: generateEd25519().kid }],
    ['LICENSE_REQUIRED', { isLicensed: false }],
    ['STATEMENT_MISMATCH', { version: '1.0.1' }],
    ['STATEMENT_MISMATCH', { marketplaceId: '@acme/other' }],
    ['MANIFEST_MISMATCH', { installed: { id: 'other', version: '0.9.0' } }],
    ['PLATFORM_UNSUPPORTED', { platformVersion: '0.9.0' }],
    ['DOWNGRADE_REFUSED', { installed: { id: 'hello', version: '1.0.1' } }],
    [
      'CONFLICT',
      { neighbors: [{ marketplaceId: '@a/b', version: '1.0.0', manifest: { conflicts: { '@acme/hello': '*' } } }] },
    ],
  ])('refuses with %s', async (code, expected) => {
    await expect(verify(release.zip, told(release), expected)).rejects.toMatchObject({ code });
  });

  it('names the first step that fails when several would', async () => {
    const everything = { pinnedKey: 'other', isLicensed: false, platformVersion: '0.1.0' };
    await expect(verify(release.zip, told(release), everything)).rejects.toMatchObject({
      code: 'PUBLISHER_KEY_CHANGED',
    });
  });

  it('refuses every hostile archive with its own code, before a byte of it is unpacked', async () => {
    const files = await writeHostileArchives(join(folder, 'hostile'));
    expect(files.length).toBeGreaterThan(80);
    for (const { file, attack, code, limits } of files.filter(({ stage }) => stage === 'open')) {
      const { sha256, sizeBytes } = await hashFile(file);
      const facts = { ...told(release), sha256, sizeBytes };
      const allowed = { ...EXPECTED, maxBytes: limits?.maxPackedBytes ?? 100_000_000 };
      const refusal = await verifyPackage(file, facts, allowed).catch((error: unknown) => error);
      expect([attack, (refusal as { code?: string }).code]).toEqual([attack, code]);
    }
    expect(await readdir(folder)).toEqual(['hostile']);
  });

  it('refuses a zip without a manifest, and one that is no zip', async () => {
    const empty = await pack({ 'index.js': '' });
    const facts = { ...told(release), sha256: sha256Hex(empty), sizeBytes: empty.length };
    await expect(verify(empty, facts)).rejects.toMatchObject({ code: 'ENTRY_NOT_FOUND' });
    const text = Buffer.from('not a zip at all, only a text that is long enough');
    const textFacts = { ...facts, sha256: sha256Hex(text), sizeBytes: text.length };
    await expect(verify(text, textFacts)).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' });
  });
});
