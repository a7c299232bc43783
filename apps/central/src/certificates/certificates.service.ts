import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { CertificateName, CertificateOrder } from './certificate-order.entity.js';
import { advanceCertificate, settle } from './certificate-steps.js';
import { CertificateError } from './certificates.errors.js';
import { lockCertificate } from './certificates.repository.js';
import { proofFileFor, type ProofFile } from './proof-file.js';
import { readCsr, type ReadCsr } from './read-csr.js';

const DAY_MS = 24 * 3_600_000;

export interface NewCertificate {
  /** The market's order item id. */
  readonly id: string;
  /** PKCS #10 in PEM. */
  readonly csr: string;
}

/** Certificates as the market's orders see them: asked for, paid, given up. */
@Injectable()
export class CertificatesService {
  constructor(
    private readonly clock: Clock,
    private readonly config: CentralConfig,
  ) {}

  /** What a certificate for this request would carry. Nothing is ordered. @throws {CertificateError} of any code */
  async check(csr: string): Promise<ReadCsr> {
    if (this.config.certificates.issuer === 'none') throw new CertificateError('CERTIFICATES_UNAVAILABLE');
    return readCsr(csr);
  }

  /** The file that will show control of the names, to be put in place before the order. @throws as `check` */
  async prepare(csr: string): Promise<ProofFile> {
    return proofFileFor((await this.check(csr)).der, this.config.hubUrl);
  }

  /** Orders a certificate and says which names it will carry. Nothing is done before it is paid. @throws as `check` */
  async place(tx: EntityManager, { id, csr }: NewCertificate, actor: string): Promise<readonly string[]> {
    const { names } = await this.check(csr);
    const createdAt = this.clock.now();
    await tx.insert(CertificateOrder, { id, csrPem: csr, state: 'awaiting_payment', createdAt });
    await tx.insert(
      CertificateName,
      names.map((name) => ({ orderId: id, name })),
    );
    await recordAudit(tx, { at: createdAt, actor, action: 'certificate.ordered', subject: id });
    return names;
  }

  /** The payment is authorised, or made. Late for an order that was canceled: its money goes back. */
  async paymentAuthorized(tx: EntityManager, id: string, actor: string): Promise<void> {
    const order = await this.mustLock(tx, id);
    const at = this.clock.now();
    const dueAt = new Date(at.getTime() + this.config.certificates.daysToProve * DAY_MS);
    const advanced = await advanceCertificate(
      tx,
      order,
      { to: 'awaiting_validation', at, actor },
      { paidAt: at, dueAt },
    );
    if (!advanced && order.state === 'canceled') await settle(tx, id, 'canceled');
  }

  /** Whether the money for an issued certificate could be taken. Its PEM is handed out from here on, or never. */
  async paymentSettled(tx: EntityManager, id: string, outcome: 'captured' | 'refused', actor: string): Promise<void> {
    const order = await this.mustLock(tx, id);
    // A settlement without a certificate says nothing about the payment of one.
    if (order.certificatePem === null) return;
    const at = this.clock.now();
    if (outcome === 'captured') await advanceCertificate(tx, order, { to: 'issued', at, actor });
    else {
      await advanceCertificate(tx, order, { to: 'refused', at, actor }, { problem: 'PAYMENT_REFUSED' });
    }
  }

  /** Has an issued certificate revoked. False when there is none, or it was revoked before. */
  async revoke(tx: EntityManager, id: string, actor: string): Promise<boolean> {
    const order = await this.mustLock(tx, id);
    return advanceCertificate(tx, order, { to: 'revoked', at: this.clock.now(), actor });
  }

  /** Takes an order back that has not been given to a CA. False when it is too late for that, or was over already. */
  async cancel(tx: EntityManager, id: string, actor: string): Promise<boolean> {
    const order = await this.mustLock(tx, id);
    return advanceCertificate(tx, order, { to: 'canceled', at: this.clock.now(), actor });
  }

  private async mustLock(tx: EntityManager, id: string): Promise<CertificateOrder> {
    const order = await lockCertificate(tx, id);
    if (!order) throw new Error(`no certificate was ordered as ${id}`);
    return order;
  }
}
