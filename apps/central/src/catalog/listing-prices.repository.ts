import { newId } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { ListingPrice } from './listing-price.entity.js';

/** What a price says, without when. */
export type PriceTerms = Pick<
  ListingPrice,
  'licenseKind' | 'amountMinor' | 'currency' | 'billingInterval' | 'trialDays'
>;

const COLUMNS = `id, package_id AS "packageId", license_kind AS "licenseKind", amount_minor AS "amountMinor", currency,
  billing_interval AS "billingInterval", trial_days AS "trialDays", valid_from AS "validFrom", added_at AS "addedAt"`;

/** What a package costs at a time; of two prices from the same moment the one that was added later. */
export async function priceAt(db: EntityManager, packageId: string, at: Date): Promise<ListingPrice | null> {
  const [price]: ListingPrice[] = await db.query(
    `SELECT ${COLUMNS} FROM listing_prices WHERE package_id = $1 AND valid_from <= $2 ORDER BY valid_from DESC, seq DESC LIMIT 1`,
    [packageId, at],
  );
  return price ?? null;
}

/** Every price a package had, has and will have, the last to begin first. */
export function listPrices(db: EntityManager, packageId: string): Promise<ListingPrice[]> {
  return db.query(
    `SELECT ${COLUMNS} FROM listing_prices WHERE package_id = $1 ORDER BY valid_from DESC, seq DESC LIMIT 1000`,
    [packageId],
  );
}

/** Adds a price from a time on. One that says what already holds then is not added again. */
export async function addPrice(
  tx: EntityManager,
  packageId: string,
  terms: PriceTerms,
  { validFrom, at }: { readonly validFrom: Date; readonly at: Date },
): Promise<ListingPrice> {
  const { licenseKind, amountMinor, currency, billingInterval, trialDays } = terms;
  const before = await priceAt(tx, packageId, validFrom);
  if (before && isSame(before, terms)) return before;
  const said = { licenseKind, amountMinor, currency, billingInterval, trialDays };
  const price: ListingPrice = { id: newId('prc'), packageId, ...said, validFrom, addedAt: at };
  await tx.insert(ListingPrice, price);
  return price;
}

/** Makes the listings whose price has changed since say so. Names them. */
export async function applyDuePrices(tx: EntityManager, at: Date): Promise<string[]> {
  const [changed]: [{ id: string }[], number] = await tx.query(
    `UPDATE packages p SET license_kind = due.license_kind, price_minor = due.amount_minor, currency = due.currency,
            billing_interval = due.billing_interval, trial_days = due.trial_days
       FROM (SELECT DISTINCT ON (package_id) * FROM listing_prices WHERE valid_from <= $1
              ORDER BY package_id, valid_from DESC, seq DESC) AS due
      WHERE due.package_id = p.id
        AND (p.license_kind, p.price_minor, p.currency, p.billing_interval, p.trial_days) IS DISTINCT FROM
            (due.license_kind, due.amount_minor, due.currency, due.billing_interval, due.trial_days) RETURNING p.id`,
    [at],
  );
  return changed.map(({ id }) => id);
}

function isSame(a: PriceTerms, b: PriceTerms): boolean {
  const names = ['licenseKind', 'amountMinor', 'currency', 'billingInterval', 'trialDays'] as const;
  return names.every((name) => a[name] === b[name]);
}
