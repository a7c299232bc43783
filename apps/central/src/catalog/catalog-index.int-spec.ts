import { aPackage, aPublishedPackage, aRelease, startTestHub, type TestHub } from '#test';
import { bumpRevision } from './catalog-revision.js';
import { CatalogIndex } from './catalog-index.js';
import { FinishedResponses } from './finished-responses.js';
import { Package } from './package.entity.js';

let hub: TestHub;
let index: CatalogIndex;
beforeEach(async () => {
  hub = await startTestHub();
  index = hub.app.get(CatalogIndex, { strict: false });
});
afterEach(() => hub.close());

describe(CatalogIndex.name, () => {
  it('knows what was committed before it was asked to refresh, also while it is refreshing', async () => {
    const { package: item } = await aPublishedPackage(hub.database);
    const stop = new AbortController();
    const alwaysRefreshing = (async () => {
      while (!stop.signal.aborted) await index.refresh();
    })();
    for (let round = 0; round < 200; round += 1) {
      const committed = await hub.database.dataSource.transaction(async (tx) => {
        await bumpRevision(tx, [item.id]);
        return Number((await tx.findOneByOrFail(Package, { id: item.id })).revision);
      });
      await index.refresh();
      expect(index.revision).toBe(committed);
    }
    stop.abort();
    await alwaysRefreshing;
  });

  it('forgets a package whose last release is gone', async () => {
    const made = await aPublishedPackage(hub.database, { marketplaceId: '@acme/one' });
    await index.refresh();
    expect(index.has('@acme/one')).toBe(true);
    await hub.database.dataSource.query(`UPDATE releases SET status = 'yanked', yanked_at = now()`);
    await hub.database.dataSource.transaction((tx) => bumpRevision(tx, [made.package.id]));
    await index.refresh();
    expect(index.has('@acme/one')).toBe(false);
  });

  it('misses no change of transactions that overlap', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `@acme/p${i}`);
    const made: Package[] = [];
    for (const marketplaceId of names) made.push(await aPackage(hub.database, { marketplaceId }));
    await Promise.all(made.map(async (item) => [await aRelease(hub.database, item), await index.refresh()]));
    await index.refresh();
    expect(names.filter((name) => !index.has(name))).toEqual([]);
    const revisions = await hub.database.dataSource.manager.find(Package, { select: { revision: true } });
    expect(new Set(revisions.map(({ revision }) => revision)).size).toBe(12);
  });
});

describe(FinishedResponses.name, () => {
  it('reads once for all who ask at the same time, and again after a change', async () => {
    const responses = hub.app.get(FinishedResponses, { strict: false });
    let reads = 0;
    const read = async () => ({ reads: (reads += 1) });
    await Promise.all([1, 2, 3].map(() => responses.answer('/a', 'query', read)));
    await responses.answer('/b', 'query', read);
    expect(reads).toBe(1);
    expect(responses.recall('/b')).toBe(responses.recall('/a'));
    await aPublishedPackage(hub.database);
    await index.refresh();
    expect(responses.recall('/a')).toBeUndefined();
    await responses.answer('/a', 'query', read);
    expect(reads).toBe(2);
  });

  it('keeps nothing of a read that failed', async () => {
    const responses = hub.app.get(FinishedResponses, { strict: false });
    await expect(responses.answer('/a', 'query', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(
      (await responses.answer('/a', 'query', async () => ({ ok: true }))).representations.identity.body.toString(),
    ).toBe('{"ok":true}');
  });

  it('stays within its bytes', async () => {
    const small = await startTestHub({ on: hub.database, config: { catalog: { cacheBytes: 1_000_000 } } });
    const responses = small.app.get(FinishedResponses, { strict: false });
    const text = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 36).join('');
    for (let i = 0; i < 100; i += 1) await responses.answer(`/${i}`, `q${i}`, async () => ({ text, i }));
    const kept = Array.from({ length: 100 }, (_, i) => responses.recall(`/${i}`)).filter(
      (found) => found !== undefined,
    );
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1_000_000);
    await small.close();
  });
});
