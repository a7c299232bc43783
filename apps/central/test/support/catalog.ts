import { newId } from '@hansa/platform';
import { sha256Hex } from '@hansa/trust';
import type { TestDatabase } from '@hansa/testing';
import { Publisher, PublisherKey, PublisherNamespace } from '#accounts';
import { addPrice, channelOf, Package, Release, semverSortKey, settleLatest } from '#catalog';

const BEFORE = new Date('2029-12-01T00:00:00Z');

/** The publisher of every package below, made once a database; it owns `@acme`. */
export async function aPublisher(database: TestDatabase): Promise<{ id: string; kid: string }> {
  const db = database.dataSource.manager;
  const known = await db.findOneBy(PublisherNamespace, { namespace: '@acme' });
  if (known) return { id: known.publisherId, kid: `kid-${known.publisherId}` };
  const id = newId('pub');
  const kid = `kid-${id}`;
  await db.insert(Publisher, { id, name: 'Acme', createdAt: BEFORE, verifiedAt: BEFORE });
  await db.insert(PublisherNamespace, { namespace: '@acme', publisherId: id, claimedAt: BEFORE });
  await db.insert(PublisherKey, {
    kid,
    publisherId: id,
    name: 'first',
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' },
    addedAt: BEFORE,
  });
  return { id, kid };
}

/** A listing without releases: `@acme/<name>`, free unless the overrides say otherwise. */
export async function aPackage(database: TestDatabase, overrides: Partial<Package> = {}): Promise<Package> {
  const { id: publisherId } = await aPublisher(database);
  const id = newId('ccmp');
  const row: Partial<Package> = {
    id,
    marketplaceId: `@acme/p-${id.slice(-8).toLowerCase()}`,
    publisherId,
    name: 'A package',
    type: 'admin-extension',
    summary: 'Does one thing.',
    description: 'Does one thing, well.',
    categories: [],
    iconUrl: null,
    screenshots: [],
    licenseKind: 'free',
    priceMinor: 0,
    currency: 'EUR',
    billingInterval: null,
    createdAt: BEFORE,
    ...overrides,
  };
  await database.dataSource.manager.insert(Package, row);
  const { licenseKind, priceMinor, currency, billingInterval, trialDays } = {
    billingInterval: null,
    trialDays: null,
    ...row,
  } as Package;
  const terms = { licenseKind, amountMinor: priceMinor, currency, billingInterval, trialDays };
  await database.dataSource.transaction((tx) => addPrice(tx, row.id!, terms, { validFrom: new Date(0), at: BEFORE }));
  return database.dataSource.manager.findOneByOrFail(Package, { id: row.id! });
}

/** A release of a package, published unless `status` says otherwise; what shops see moves with it. */
export async function aRelease(
  database: TestDatabase,
  { id: packageId, marketplaceId }: Pick<Package, 'id' | 'marketplaceId'>,
  overrides: Partial<Release> = {},
): Promise<Release> {
  const { kid } = await aPublisher(database);
  const version = overrides.version ?? '1.0.0';
  const minPlatform = overrides.minPlatform ?? '1.0.0';
  const maxPlatform = overrides.maxPlatform ?? null;
  const status = overrides.status ?? 'published';
  const id = newId('rel');
  const row: Omit<
    Release,
    | 'findings'
    | 'rolloutPercent'
    | 'checkRound'
    | 'claimedBy'
    | 'claimedAt'
    | 'yankedBy'
    | 'rolloutHaltedAt'
    | 'rolloutHaltReason'
    | 'rolloutHaltedBy'
  > = {
    id,
    packageId,
    version,
    versionKey: semverSortKey(version),
    status,
    sha256: sha256Hex(Buffer.from(`${marketplaceId}@${version}`)),
    sizeBytes: 1_000,
    manifest: { id: 'a-plugin', marketplace_id: marketplaceId, version },
    manifestSha256: sha256Hex(Buffer.from(id)),
    signature: 'signature',
    keyKid: kid,
    changelog: '',
    minPlatform,
    minPlatformKey: semverSortKey(minPlatform),
    maxPlatform,
    maxPlatformKey: maxPlatform && semverSortKey(maxPlatform),
    channel: channelOf(version),
    security: false,
    reviewNote: null,
    submittedAt: BEFORE,
    publishedAt: status === 'published' || status === 'yanked' ? BEFORE : null,
    yankedAt: status === 'yanked' ? BEFORE : null,
    yankedReason: null,
    ...overrides,
  };
  await database.dataSource.transaction(async (tx) => {
    await tx.insert(Release, row as object);
    await settleLatest(tx, packageId);
  });
  return database.dataSource.manager.findOneByOrFail(Release, { id });
}

/** A package with one published release. */
export async function aPublishedPackage(
  database: TestDatabase,
  overrides: Partial<Package> = {},
  release: Partial<Release> = {},
): Promise<{ package: Package; release: Release }> {
  const made = await aPackage(database, overrides);
  const published = await aRelease(database, made, release);
  return { package: made, release: published };
}
