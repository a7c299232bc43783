import type { EntityManager } from 'typeorm';
import { CertificateError, type CertificatesService } from '#certificates';
import { MarketError } from './market.errors.js';
import { isSamePrice, majorUnits } from './prices.js';
import { findOnSale, type ProductOnSale } from './products-on-sale.js';

/** An item as it is asked for; `remotePrice` is what the buyer was shown, in major units. */
export interface WantedItem {
  readonly productId: string;
  readonly csr?: string | undefined;
  readonly remotePrice?: number | undefined;
}

export interface PricedItem {
  readonly sold: ProductOnSale;
  readonly csr: string | null;
  /** How many names its certificate carries; 1 for a license. */
  readonly names: number;
  readonly amountMinor: number;
}

/** What an item costs: a certificate by the name, a license as its listing says. */
export function amountOf({ package: item }: ProductOnSale, names: number): number {
  return item.priceMinor * names;
}

/**
 * Prices items as they can be bought at this moment. `place` says where an item stands in the request.
 *
 * @throws {MarketError} PRODUCT_NOT_FOUND, CSR_REQUIRED, CSR_UNWANTED or PRICE_CHANGED
 * @throws {CertificateError} of any code; all of them with `field`
 */
export async function priceItems(
  db: EntityManager,
  certificates: CertificatesService,
  wanted: readonly { readonly item: WantedItem; readonly place: string }[],
  selling: { readonly certificates: boolean; readonly at: Date },
): Promise<PricedItem[]> {
  const ids = wanted.map(({ item }) => item.productId);
  const onSale = await findOnSale(db, { ids, ...selling });
  const priced: PricedItem[] = [];
  for (const { item, place } of wanted) {
    const sold = onSale.find(({ product }) => product.id === item.productId);
    if (!sold) throw new MarketError('PRODUCT_NOT_FOUND', { field: `${place}.product_id` });
    priced.push(await priceItem(certificates, sold, item, place));
  }
  return priced;
}

async function priceItem(
  certificates: CertificatesService,
  sold: ProductOnSale,
  { csr, remotePrice }: WantedItem,
  place: string,
): Promise<PricedItem> {
  const isCertificate = sold.product.kind === 'certificate';
  if (isCertificate && csr === undefined) throw new MarketError('CSR_REQUIRED', { field: `${place}.csr` });
  if (!isCertificate && csr !== undefined) throw new MarketError('CSR_UNWANTED', { field: `${place}.csr` });
  const names = csr === undefined ? 1 : (await readNames(certificates, csr, `${place}.csr`)).length;
  const amountMinor = amountOf(sold, names);
  const { currency } = sold.package;
  // An administrator of the server may have changed what is shown; the hub's price is charged, and never in secret.
  if (remotePrice !== undefined && !isSamePrice(remotePrice, amountMinor, currency)) {
    const right = { item_price: majorUnits(amountMinor, currency), price_unit: currency };
    throw new MarketError('PRICE_CHANGED', { field: `${place}.remote_price`, ...right });
  }
  return { sold, csr: csr ?? null, names, amountMinor };
}

/** The names of a certificate request, with the field at fault in every refusal. @throws {CertificateError} of any code */
export async function readNames(
  certificates: CertificatesService,
  csr: string,
  field: string,
): Promise<readonly string[]> {
  try {
    return (await certificates.check(csr)).names;
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new CertificateError(error.code, { ...error.facts, field }, { cause: error });
  }
}
