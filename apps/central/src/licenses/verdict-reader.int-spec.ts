import { aPaidPackage, anInstance, TEST_SECRET_BOX, useHubDatabase, fixedClock } from '#test';
import { LicenseKeys } from './license-keys.js';
import { License } from './license.entity.js';
import { VerdictReader } from './verdict-reader.js';

describe(VerdictReader.name, () => {
  const database = useHubDatabase();
  const MANY = 250;

  async function someLicenses(count: number) {
    const item = await aPaidPackage(database);
    const instance = await anInstance(database);
    const keys = new LicenseKeys(database.dataSource, TEST_SECRET_BOX, fixedClock('2030-01-01T00:00:00Z'));
    await keys.onModuleInit();
    const rows = Array.from({ length: count }, (_, index) => ({
      id: `lic_${index}`,
      packageId: item.id,
      kind: 'one_time' as const,
      customerEmail: 'a@b.example',
      keyLookup: keys.lookupOf(`key ${index}`),
      keySealed: Buffer.alloc(0),
      seats: 1,
      issuedAt: new Date('2030-01-01T00:00:00Z'),
    }));
    await database.dataSource.manager.insert(License, rows);
    return { item, instance, keys };
  }

  it('gives every one of a crowd the answer to its own question', async () => {
    const { item, instance, keys } = await someLicenses(MANY);
    const reader = new VerdictReader(database.dataSource);
    const places = Array.from({ length: MANY * 2 }, (_, index) => index); // the second half has no license
    const answers = await Promise.all(
      places.map((index) =>
        reader.read(
          keys.lookupOf(`key ${index}`),
          index % 3 === 0 ? '@no/thing' : item.marketplaceId,
          index % 5 === 0 ? 'inst_nobody' : instance.id,
        ),
      ),
    );
    expect(answers.map(({ id, asked_package_id, environment }) => [id, asked_package_id, environment])).toEqual(
      places.map((index) => [
        index < MANY ? `lic_${index}` : null,
        index % 3 === 0 ? null : item.id,
        index % 5 === 0 ? null : 'production',
      ]),
    );
  });

  it('reads after it was asked: what changed in between is seen', async () => {
    const { item, instance, keys } = await someLicenses(1);
    const reader = new VerdictReader(database.dataSource);
    const read = () => reader.read(keys.lookupOf('key 0'), item.marketplaceId, instance.id);
    expect(await read()).toMatchObject({ suspended_at: null });
    const suspendedAt = new Date('2030-01-02T00:00:00Z');
    await database.dataSource.manager.update(License, { id: 'lic_0' }, { suspendedAt });
    expect(await read()).toMatchObject({ suspended_at: suspendedAt });
  });

  it('tells everyone when the database fails, and answers again when it is back', async () => {
    const { item, instance, keys } = await someLicenses(1);
    const reader = new VerdictReader(database.dataSource);
    const read = () => reader.read(keys.lookupOf('key 0'), item.marketplaceId, instance.id);
    await database.dataSource.query('ALTER TABLE licenses RENAME TO licenses_gone');
    const failed = await Promise.allSettled([read(), read(), read()]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await database.dataSource.query('ALTER TABLE licenses_gone RENAME TO licenses');
    expect(await read()).toMatchObject({ id: 'lic_0' });
  });
});
