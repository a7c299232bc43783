import { majorUnits } from './prices.js';
import type { ProductOnSale } from './products-on-sale.js';

/** What cPanel is told of certificates beside their price. */
export interface CertificateTerms {
  readonly days: number;
  /** Seconds after which cPanel tells its user that something may be wrong. */
  readonly warnAfterSeconds: number;
}

const BILLING = { month: 'monthly', year: 'yearly' } as const;

/** A product as cPanel's product list has it (docs/protocol/market.md §5). */
export function productView({ product, package: item }: ProductOnSale, terms: CertificateTerms): object {
  const { name, summary, marketplaceId, currency, priceMinor } = item;
  const common = {
    product_id: product.id,
    display_name: name,
    base_name: name,
    description: summary,
    product: marketplaceId,
    price_unit: currency,
  };
  const price = majorUnits(priceMinor, currency);
  if (product.kind === 'license') {
    const billing_type = item.billingInterval === null ? 'one-time' : BILLING[item.billingInterval];
    return { ...common, product_group: 'plugin', product_category: item.type, billing_type, price };
  }
  return {
    ...common,
    product_group: 'ssl_certificate',
    product_category: 'certificate',
    billing_type: 'one-time',
    price: null,
    x_ssl_per_domain_pricing: true,
    x_price_per_domain: price,
    x_supports_dns_dcv: false,
    x_max_http_redirects: 0,
    x_validation_type: 'dv',
    x_certificate_term: [terms.days, 'day'],
    x_payment_trigger: 'issuance',
    x_warn_after: terms.warnAfterSeconds,
    x_identity_verification: [],
  };
}
