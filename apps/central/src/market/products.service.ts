import { Clock, inTransaction, isUniqueViolation, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PublisherNamespace } from '#accounts';
import { recordAudit } from '#audit';
import { addPrice, bumpRevision, FinishedResponses, Package, type FinishedResponse } from '#catalog';
import { CERTIFICATE_DAYS } from '#certificates';
import { CentralConfig } from '#config';
import { MarketClients } from './clients.service.js';
import { MarketProduct } from './market-product.entity.js';
import { MarketError } from './market.errors.js';
import { productView } from './product-view.js';
import { findOnSale, SELLABLE } from './products-on-sale.js';

export interface NewCertificateProduct {
  readonly marketplaceId: string;
  readonly name: string;
  readonly summary: string;
  /** For each name, in minor units. */
  readonly priceMinor: number;
  readonly currency: string;
}

export interface ProductChange {
  readonly enabled?: boolean;
  /** Of a certificate; the price of a license is its listing's. */
  readonly priceMinor?: number;
}

/** cPanel warns after this long: by then a file that was put in place has been looked for many times. */
const WARN_AFTER_SECONDS = 4 * 3_600;

/** What is on sale in cPanel, as operators decide. */
@Injectable()
export class MarketProducts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly clients: MarketClients,
    private readonly finished: FinishedResponses,
  ) {}

  /** Puts a listed package on sale. @throws {MarketError} PACKAGE_UNKNOWN, PACKAGE_UNSELLABLE or PRODUCT_EXISTS */
  async addPackage(marketplaceId: string, actor: string): Promise<MarketProduct> {
    return inTransaction(this.dataSource, async (tx) => {
      const item = await tx.findOneBy(Package, { marketplaceId });
      if (!item) throw new MarketError('PACKAGE_UNKNOWN');
      if (!SELLABLE.includes(item.licenseKind) || item.type === 'certificate')
        throw new MarketError('PACKAGE_UNSELLABLE');
      return this.add(tx, item.id, 'license', actor);
    });
  }

  /**
   * Puts a certificate on sale: a package without releases of whoever owns the namespace, so that its orders, licenses and earnings
   * are like all others.
   *
   * @throws {MarketError} NAMESPACE_UNKNOWN or PRODUCT_EXISTS
   */
  async addCertificate(given: NewCertificateProduct, actor: string): Promise<MarketProduct> {
    const { marketplaceId, name, summary, priceMinor, currency } = given;
    return inTransaction(this.dataSource, async (tx) => {
      const owner = await tx.findOneBy(PublisherNamespace, { namespace: marketplaceId.split('/')[0]! });
      if (!owner) throw new MarketError('NAMESPACE_UNKNOWN');
      if (await tx.existsBy(Package, { marketplaceId })) throw new MarketError('PRODUCT_EXISTS');
      const packageId = newId('ccmp');
      const price = { licenseKind: 'one_time', priceMinor, currency } as const;
      const what = { marketplaceId, publisherId: owner.publisherId, name, summary, description: summary };
      const createdAt = this.clock.now();
      await tx.insert(Package, { id: packageId, ...what, ...price, type: 'certificate', createdAt });
      await priceCertificate(tx, packageId, price, createdAt);
      return this.add(tx, packageId, 'certificate', actor);
    });
  }

  /** Changes what is given. @throws {MarketError} PRODUCT_NOT_FOUND or PRICE_OF_LISTING */
  async change(id: string, { enabled, priceMinor }: ProductChange, actor: string): Promise<MarketProduct> {
    return inTransaction(this.dataSource, async (tx) => {
      const product = await tx.findOne(MarketProduct, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!product) throw new MarketError('PRODUCT_NOT_FOUND');
      if (priceMinor !== undefined && product.kind === 'license') throw new MarketError('PRICE_OF_LISTING');
      const at = this.clock.now();
      const disabledAt = enabled === undefined ? product.disabledAt : enabled ? null : (product.disabledAt ?? at);
      await tx.update(MarketProduct, { id }, { disabledAt });
      if (priceMinor !== undefined) {
        const { currency } = await tx.findOneByOrFail(Package, { id: product.packageId });
        await tx.update(Package, { id: product.packageId }, { priceMinor });
        await priceCertificate(tx, product.packageId, { priceMinor, currency }, at);
      }
      const data = { disabledAt, ...(priceMinor === undefined ? {} : { priceMinor }) };
      await recordAudit(tx, { at, actor, action: 'market_product.changed', subject: id, data });
      await bumpRevision(tx, []);
      return Object.assign(product, { disabledAt });
    });
  }

  /** Every product with its package, by id. */
  async list(): Promise<{ product: MarketProduct; package: Package }[]> {
    const db = this.dataSource.manager;
    const products = await db.find(MarketProduct, { order: { id: 'ASC' } });
    const packages = new Map((await db.find(Package)).map((item) => [item.id, item]));
    return products.map((product) => ({ product, package: packages.get(product.packageId)! }));
  }

  /** The finished product list for a server; `url` is how it asked. @throws {MarketError} CLIENT_REFUSED */
  async answer(url: string, clientId: string): Promise<FinishedResponse> {
    return this.finished.answer(url, `market products ${clientId}`, async () => {
      await this.clients.require(clientId);
      const onSale = await findOnSale(this.dataSource.manager, {
        certificates: this.sellsCertificates,
        at: this.clock.now(),
      });
      const terms = { days: CERTIFICATE_DAYS, warnAfterSeconds: WARN_AFTER_SECONDS };
      return { products: onSale.map((product) => productView(product, terms)) };
    });
  }

  /** Whether the hub issues certificates at all. */
  get sellsCertificates(): boolean {
    return this.config.certificates.issuer !== 'none';
  }

  private async add(
    tx: EntityManager,
    packageId: string,
    kind: MarketProduct['kind'],
    actor: string,
  ): Promise<MarketProduct> {
    const createdAt = this.clock.now();
    try {
      const { identifiers } = await tx.insert(MarketProduct, { packageId, kind, createdAt, disabledAt: null });
      const id = String((identifiers[0] as { id: string | number }).id);
      await recordAudit(tx, { at: createdAt, actor, action: 'market_product.added', subject: id, data: { packageId } });
      await bumpRevision(tx, []);
      return { id, packageId, kind, createdAt, disabledAt: null };
    } catch (error) {
      if (isUniqueViolation(error, 'market_products_package')) throw new MarketError('PRODUCT_EXISTS');
      throw error;
    }
  }
}

async function priceCertificate(
  tx: EntityManager,
  packageId: string,
  { priceMinor, currency }: { readonly priceMinor: number; readonly currency: string },
  at: Date,
): Promise<void> {
  const once = { licenseKind: 'one_time', billingInterval: null, trialDays: null } as const;
  await addPrice(tx, packageId, { ...once, amountMinor: priceMinor, currency }, { validFrom: at, at });
}
