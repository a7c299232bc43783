import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListingRequest } from '@hansa/contracts';
import { generateEd25519 } from '@hansa/trust';
import { Release } from '#catalog';
import {
  aPublisherClient,
  aSignedPackage,
  askBytes,
  startTestHub,
  type PackageParts,
  type PublisherClient,
  type TestHub,
} from '#test';

let hub: TestHub;
let dataDir: string;
let publisher: PublisherClient;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hansa-refusals-'));
  hub = await startTestHub({ config: { dataDir, releases: { maxPackageBytes: 200_000 } } });
  publisher = await aPublisherClient(hub);
  await publisher.putListing('@nord/hello');
});
afterAll(async () => {
  await hub.close();
  await rm(dataDir, { recursive: true, force: true });
});

const submit = async (parts: PackageParts = {}) => publisher.submit(await aSignedPackage(publisher.key, parts));

describe('a submission that breaks a rule', () => {
  it.each<[string, number, PackageParts]>([
    ['MANIFEST_MISSING', 400, { files: { 'manifest.json': null } }],
    ['MANIFEST_INVALID', 400, { manifest: { type: 'nonsense' } }],
    ['MANIFEST_INVALID', 400, { files: { 'manifest.json': 'no JSON' } }],
    ['MANIFEST_INVALID', 400, { manifest: { extra: 'a\u0000b' } }],
    ['MANIFEST_INVALID', 400, { files: { 'manifest.json': '{"extra":"\\ud800"}' } }],
    ['PACKAGE_JSON_MISSING', 400, { files: { 'package.json': null } }],
    ['PACKAGE_JSON_INVALID', 400, { files: { 'package.json': '[]' } }],
    ['VERSION_MISMATCH', 400, { packageJson: { version: '1.0.1' } }],
    ['NAMESPACE_NOT_OWNED', 403, { manifest: { marketplace_id: '@other/hello' } }],
    ['LISTING_NOT_FOUND', 404, { manifest: { marketplace_id: '@nord/unlisted' } }],
    ['STATEMENT_MISMATCH', 400, { statement: { version: '1.0.1' } }],
    ['STATEMENT_MISMATCH', 400, { statement: { marketplace_id: '@nord/other' } }],
    ['STATEMENT_MISMATCH', 400, { statement: { sha256: 'a'.repeat(64) } }],
    ['STATEMENT_MISMATCH', 400, { statement: { manifest_sha256: 'a'.repeat(64) } }],
    ['STATEMENT_MISMATCH', 400, { statement: { size_bytes: 1 } }],
  ])('is refused with %s and leaves nothing', async (code, status, parts) => {
    const answer = await submit(parts);
    expect(answer.json()).toMatchObject({ code, request_id: expect.any(String) });
    expect(answer.status).toBe(status);
    expect(await hub.database.dataSource.manager.count(Release)).toBe(0);
    expect(await hub.database.takeJobs()).toEqual([]);
  });

  it('is refused when signature or bytes were changed', async () => {
    const { zip, signature } = await aSignedPackage(publisher.key);
    const tampered = signature.slice(0, -4) + (signature.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    expect((await publisher.submit({ zip, signature: tampered })).json()).toMatchObject({ code: 'SIGNATURE_MISMATCH' });
    expect((await publisher.submit({ zip, signature: 'nonsense' })).json()).toMatchObject({
      code: 'SIGNATURE_MALFORMED',
    });
    const other = await aSignedPackage(publisher.key, { files: { 'more.txt': 'x' } });
    expect((await publisher.submit({ zip: other.zip, signature })).json()).toMatchObject({
      code: 'STATEMENT_MISMATCH',
      field: 'sha256',
    });
    expect((await publisher.submit({ zip: Buffer.concat([zip, Buffer.from('x')]), signature })).json()).toMatchObject({
      code: 'TRAILING_DATA',
    });
    expect((await publisher.submit({ zip: Buffer.from('no zip'), signature })).json()).toMatchObject({
      code: 'NOT_AN_ARCHIVE',
    });
  });

  it('is refused when it is too large, without a signature, or no zip', async () => {
    const { zip, signature } = await aSignedPackage(publisher.key);
    const large = await publisher.submit({ zip: Buffer.alloc(200_001), signature });
    expect(large.status).toBe(413);
    expect(large.json()).toMatchObject({ type: 'too_large', code: 'ARTIFACT_TOO_LARGE' });
    const post = (headers: Record<string, string>) =>
      askBytes(
        hub,
        '/publisher/releases',
        { authorization: publisher.authorization, ...headers },
        { method: 'POST', body: zip },
      );
    expect((await post({ 'content-type': 'application/zip' })).json()).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect((await post({ 'content-type': 'text/plain', 'x-release-signature': signature })).status).toBe(400);
    const json = await publisher.send('POST', '/publisher/releases', {});
    expect(json.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });
});

describe('a listing', () => {
  it.each<[string, Partial<ListingRequest> & object, number, string]>([
    ['@other/x', {}, 403, 'NAMESPACE_NOT_OWNED'],
    ['@NORD/x', {}, 400, 'MARKETPLACE_ID_INVALID'],
    ['@nord/x', { price_eur: 5 }, 400, 'PRICE_KIND_MISMATCH'],
    ['@nord/x', { license_kind: 'one_time' }, 400, 'PRICE_KIND_MISMATCH'],
    ['@nord/x', { license_kind: 'subscription', price_eur: 5 }, 400, 'BILLING_INTERVAL_MISMATCH'],
    ['@nord/x', { billing_interval: 'month' }, 400, 'BILLING_INTERVAL_MISMATCH'],
    ['@nord/x', { icon_url: 'javascript:alert(1)' }, 400, 'LISTING_URL_REFUSED'],
    ['@nord/x', { screenshots: ['data:text/html,x'] }, 400, 'LISTING_URL_REFUSED'],
    ['@nord/x', { price_eur: 0.001, license_kind: 'one_time' }, 400, 'VALIDATION_FAILED'],
    ['@nord/x', { unknown: 1 } as object, 400, 'VALIDATION_FAILED'],
  ])('of %s with %j is refused', async (id, changes, status, code) => {
    const answer = await publisher.putListing(id, changes);
    expect({ status: answer.status, code: answer.json().code }).toEqual({ status, code });
  });
});

describe('publisher keys', () => {
  it('are added once and listed', async () => {
    const { publicJwk, kid } = generateEd25519();
    const body = { name: 'second', public_key: JSON.stringify(publicJwk) };
    const added = await publisher.send('POST', '/publisher/keys', body);
    expect(added.status).toBe(201);
    expect((await publisher.send('POST', '/publisher/keys', body)).json()).toEqual(added.json());
    expect((await publisher.send('GET', '/publisher/keys')).json()).toMatchObject({
      count: 2,
      items: expect.arrayContaining([expect.objectContaining({ name: 'first' }), expect.objectContaining({ kid })]),
    });
  });

  it.each(['no JSON', '{}', '{"kty":"OKP","crv":"Ed25519","x":"AAAA"}'])('are refused as %s', async (text) => {
    const answer = await publisher.send('POST', '/publisher/keys', { name: 'x', public_key: text });
    expect(answer.json()).toMatchObject({ code: 'PUBLISHER_KEY_REFUSED' });
  });
});
