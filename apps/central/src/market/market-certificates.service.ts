import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  answerAbout,
  CertificatesService,
  statusOf,
  type CertificateAnswer,
  type CertificateStatusDetails,
  type ProofFile,
} from '#certificates';
import { MarketClients } from './clients.service.js';
import { MarketProduct } from './market-product.entity.js';
import { MarketError } from './market.errors.js';
import { readNames } from './price-items.js';

const ITEM_ID = /^oi_[0-9a-f]{32}$/;
const PRODUCT_ID = /^[1-9]\d{0,17}$/;

/** A certificate request whose proof of control is asked for. */
export interface ProofQuestion {
  readonly product_id: string;
  readonly csr: string;
  readonly domains?: readonly string[];
}

/** What cPanel servers ask about the certificates of their users. No token: an order item id is 128 random bits. */
@Injectable()
export class MarketCertificates {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clients: MarketClients,
    private readonly certificates: CertificatesService,
  ) {}

  /** @throws {MarketError} CLIENT_REFUSED or ORDER_ITEM_NOT_FOUND */
  async answer(id: string, clientId: string): Promise<CertificateAnswer> {
    await this.requireItem(id, clientId);
    return (await answerAbout(this.dataSource.manager, id)) ?? notFound();
  }

  /** @throws {MarketError} CLIENT_REFUSED or ORDER_ITEM_NOT_FOUND */
  async status(id: string, clientId: string): Promise<CertificateStatusDetails> {
    await this.requireItem(id, clientId);
    return (await statusOf(this.dataSource.manager, id)) ?? notFound();
  }

  /** @throws {MarketError} CLIENT_REFUSED, PRODUCT_NOT_FOUND or CSR_NAME_UNKNOWN @throws {CertificateError} of any code */
  async proofFile(clientId: string, { product_id, csr, domains }: ProofQuestion): Promise<ProofFile> {
    await this.clients.require(clientId);
    const where = { id: product_id, kind: 'certificate' } as const;
    if (!PRODUCT_ID.test(product_id) || !(await this.dataSource.manager.existsBy(MarketProduct, where)))
      throw new MarketError('PRODUCT_NOT_FOUND', { field: 'product_id' });
    const names = await readNames(this.certificates, csr, 'csr');
    const unknown = (domains ?? []).findIndex((domain) => !names.includes(domain.toLowerCase()));
    if (unknown >= 0) throw new MarketError('CSR_NAME_UNKNOWN', { field: `domains.${unknown}` });
    return this.certificates.prepare(csr);
  }

  /** An item of a server is its alone, and a server that is disabled has none; both in the one statement that polling costs beside the answer. */
  private async requireItem(id: string, clientId: string): Promise<void> {
    if (!ITEM_ID.test(id)) return notFound();
    const rows: { enabled: boolean; mine: boolean }[] = await this.dataSource.query(
      `SELECT c.disabled_at IS NULL AS enabled, EXISTS (
                SELECT 1 FROM market_order_items i JOIN market_orders o ON o.id = i.market_order_id
                 WHERE i.id = $2 AND o.client_id = c.id) AS mine
         FROM market_clients c WHERE c.id = $1`,
      [clientId, id],
    );
    if (!rows[0]?.enabled) throw new MarketError('CLIENT_REFUSED');
    if (!rows[0].mine) notFound();
  }
}

function notFound(): never {
  throw new MarketError('ORDER_ITEM_NOT_FOUND');
}
