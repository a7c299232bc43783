import { Clock, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CentralConfig } from '#config';
import { CertificateOrder, type CertificateName } from './certificate-order.entity.js';
import { advanceCertificate, certificateJobKey, settle, workOnCertificate } from './certificate-steps.js';
import { listNames, lockCertificate, noteName } from './certificates.repository.js';
import { Issuer, IssuerUnavailable, type CertificateWish, type IssuerProgress } from './issuer.js';
import { proofFileFor } from './proof-file.js';
import { ProofLook } from './proof-look.js';
import { readCsr } from './read-csr.js';

const ACTOR = 'system';
/** Seconds between tries of one step; the last one again and again. */
const PAUSES = [2, 5, 10, 30, 60, 120, 300, 600] as const;
/** Sites looked at in one go. */
const PARALLEL = 5;
/** Orders opened at the CA for one certificate before it is refused: validation there may fail for a passing reason. */
const MAX_ISSUER_ORDERS = 3;

/**
 * Takes an ordered certificate on. The row says what is to be done, the world is asked, and what it said is written under the
 * row's lock; a process that dies in between has the next one ask again. No transaction is open while the world is asked.
 */
@Injectable()
export class WorkOnCertificate {
  private readonly logger = new Logger(WorkOnCertificate.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly look: ProofLook,
    private readonly issuer: Issuer,
  ) {}

  @OnJob(workOnCertificate)
  async run({ certificateId }: { certificateId: string }): Promise<void> {
    const order = await this.dataSource.manager.findOneBy(CertificateOrder, { id: certificateId });
    if (!order?.dueAt || order.nextTryAt === null) return;
    if (order.dueAt <= this.clock.now()) return this.refuse(order, 'TIME_IS_OVER');
    if (order.state === 'awaiting_validation') return this.validate(order);
    if (order.state === 'issuing') return this.issue(order);
  }

  /** Looks for the proof of every name that has not shown it. */
  private async validate(order: CertificateOrder): Promise<void> {
    const { der } = await readCsr(order.csrPem);
    const file = proofFileFor(der, this.config.hubUrl);
    const open = (await listNames(this.dataSource.manager, order.id)).filter(({ provenAt }) => provenAt === null);
    const found = new Map<CertificateName, string | null>();
    await inParallel(open, async (row) => found.set(row, await this.look.problemWith(row.name, file)));
    await this.write(order, async (tx, locked) => {
      const at = this.clock.now();
      for (const [row, problem] of found) await noteName(tx, row, problem, at);
      const left = (await listNames(tx, order.id)).filter(({ provenAt }) => provenAt === null);
      if (left.length > 0) return this.tryAgain(tx, locked);
      await advanceCertificate(tx, locked, { to: 'issuing', at, actor: ACTOR });
    });
  }

  private async issue(order: CertificateOrder): Promise<void> {
    const names = (await listNames(this.dataSource.manager, order.id)).map(({ name }) => name);
    const { der: csrDer } = await readCsr(order.csrPem);
    const wish = { names, csrDer };
    try {
      // An order at a CA the hub has left is no use.
      const started = order.issuerOrder?.issuer === this.issuer.id ? order.issuerOrder : null;
      if (started === null) return await this.open(order, wish);
      for (const challenge of started.challenges) {
        const problem = await this.look.problemWith(challenge.name, challenge);
        // Before its files are in place the CA is not told to look: a validation that fails is over for good.
        if (problem !== null) return await this.write(order, (tx, locked) => this.tryAgain(tx, locked, problem));
      }
      await this.take(order, await this.issuer.advance(started, wish));
    } catch (error) {
      if (!(error instanceof IssuerUnavailable)) throw error;
      this.logger.warn(`the CA did not serve ${order.id}: ${error.message}`);
      await this.write(order, (tx, locked) => this.tryAgain(tx, locked, 'CA_UNAVAILABLE'));
    }
  }

  private async open(order: CertificateOrder, wish: CertificateWish): Promise<void> {
    if (order.issuerOrders >= MAX_ISSUER_ORDERS) return this.refuse(order, order.problem ?? 'CA_VALIDATION_FAILED');
    const opened = await this.issuer.open(wish);
    if ('state' in opened) return this.take(order, opened);
    await this.write(order, async (tx, { id, issuerOrders, issuerOrder }) => {
      // Another process was faster: its order is gone on with, and this one lapses at the CA.
      if (issuerOrder?.issuer === this.issuer.id && issuerOrders > order.issuerOrders) return;
      const change = { issuerOrder: opened, issuerOrders: issuerOrders + 1, tries: 0, nextTryAt: this.clock.now() };
      await tx.update(CertificateOrder, { id }, change);
      await enqueue(tx, workOnCertificate, { certificateId: id }, { key: certificateJobKey(id) });
    });
  }

  private async take(order: CertificateOrder, progress: IssuerProgress): Promise<void> {
    switch (progress.state) {
      case 'waiting':
        return this.write(order, (tx, locked) => this.tryAgain(tx, locked));
      case 'refused':
        return this.refuse(order, progress.problem);
      case 'failed':
        return this.write(order, async (tx, locked) => {
          await tx.update(CertificateOrder, { id: locked.id }, { issuerOrder: null });
          await this.tryAgain(tx, locked, progress.problem);
        });
      case 'issued':
        return this.write(order, async (tx, { id }) => {
          const { certificatePem } = progress;
          await tx.update(CertificateOrder, { id }, { certificatePem, nextTryAt: null, problem: null });
          await settle(tx, id, 'issued');
        });
    }
  }

  private async refuse(order: CertificateOrder, problem: string): Promise<void> {
    const at = this.clock.now();
    await this.write(order, async (tx, locked) => {
      await advanceCertificate(tx, locked, { to: 'refused', at, actor: ACTOR }, { problem });
    });
  }

  private async tryAgain(
    tx: EntityManager,
    { id, tries }: CertificateOrder,
    problem: string | null = null,
  ): Promise<void> {
    const seconds = PAUSES[Math.min(tries, PAUSES.length - 1)]!;
    const nextTryAt = new Date(this.clock.now().getTime() + seconds * 1_000);
    await tx.update(CertificateOrder, { id }, { tries: tries + 1, nextTryAt, problem });
    const options = { key: certificateJobKey(id), runAt: nextTryAt };
    await enqueue(tx, workOnCertificate, { certificateId: id }, options);
  }

  /** Writes what was found, if the order is still where it was when the world was asked. */
  private async write(
    order: CertificateOrder,
    work: (tx: EntityManager, locked: CertificateOrder) => Promise<void>,
  ): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const locked = await lockCertificate(tx, order.id);
      if (locked?.state === order.state && locked.certificatePem === null) await work(tx, locked);
    });
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const next = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, next));
}
