import { In, type EntityManager } from 'typeorm';
import { Package, priceAt, Release } from '#catalog';
import { MarketProduct } from './market-product.entity.js';

/** A product that can be bought at this moment. */
export interface ProductOnSale {
  readonly product: MarketProduct;
  /** Costing what the history of its prices says for this moment. */
  readonly package: Package;
  /** Newest release; `-` for a certificate. */
  readonly version: string;
}

/** Kinds of license the market can sell: one that is bound to a shop has none here, and what is free is not sold. */
export const SELLABLE: readonly string[] = ['one_time', 'subscription'];

/**
 * The products on sale, by id, or those of them that are named. One that is disabled, has no release or is free by now is not on
 * sale; certificates are not while the hub issues none.
 */
export async function findOnSale(
  db: EntityManager,
  { ids, certificates, at }: { readonly ids?: readonly string[]; readonly certificates: boolean; readonly at: Date },
): Promise<ProductOnSale[]> {
  const products = await db.find(MarketProduct, { where: ids ? { id: In([...ids]) } : {}, order: { id: 'ASC' } });
  const packages = byId(await db.findBy(Package, { id: In(products.map(({ packageId }) => packageId)) }));
  for (const item of packages.values()) await priceBy(db, item, at);
  const latest = [...packages.values()].flatMap(({ latestReleaseId }) => latestReleaseId ?? []);
  const releases = byId(await db.findBy(Release, { id: In(latest) }));
  return products.flatMap((product) => {
    const item = packages.get(product.packageId)!;
    if (product.disabledAt !== null || !SELLABLE.includes(item.licenseKind)) return [];
    if (product.kind === 'certificate') return certificates ? [{ product, package: item, version: '-' }] : [];
    const release = item.latestReleaseId === null ? undefined : releases.get(item.latestReleaseId);
    return release ? [{ product, package: item, version: release.version }] : [];
  });
}

/** What is sold is priced by the history: a listing may show its last price a moment longer. */
async function priceBy(db: EntityManager, item: Package, at: Date): Promise<void> {
  const price = await priceAt(db, item.id, at);
  if (!price) return;
  const { licenseKind, amountMinor: priceMinor, currency, billingInterval } = price;
  Object.assign(item, { licenseKind, priceMinor, currency, billingInterval });
}

function byId<T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}
