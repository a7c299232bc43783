import { looksLike } from '@hansa/package-checks';
import { Clock, inTransaction, isUniqueViolation, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { AccountError } from './accounts.errors.js';
import { PublisherMember } from './member.entity.js';
import { lockPublisher } from './members.service.js';
import { Publisher, PublisherNamespace } from './publisher.entity.js';

/** A namespace is for ever, so nobody may gather them before a person has looked. */
const MAX_UNVERIFIED = 3;

/** Vendors and what they own. */
@Injectable()
export class PublishersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
  ) {}

  /** Makes a publisher that owns `namespace`, both verified by whoever runs the hub. @throws {AccountError} NAMESPACE_TAKEN */
  async create(name: string, namespace: string, actor: string): Promise<Publisher> {
    const now = this.clock.now();
    const id = newId('pub');
    return inTransaction(this.dataSource, async (tx) => {
      await tx.insert(Publisher, { id, name, createdAt: now, verifiedAt: now });
      await insertNamespace(tx, { namespace, publisherId: id, claimedAt: now, verifiedAt: now, verifiedBy: actor });
      await recordAudit(tx, { at: now, actor, action: 'publisher.created', subject: id, data: { namespace } });
      return tx.findOneByOrFail(Publisher, { id });
    });
  }

  /**
   * Makes a publisher whose owner is the account that asks. It has to agree to what is in force, not to what it read last year.
   *
   * @throws {AccountError} AGREEMENT_OUTDATED
   */
  async register(accountId: string, name: string, agreementVersion: string): Promise<Publisher> {
    if (agreementVersion !== this.config.publishing.agreementVersion) throw new AccountError('AGREEMENT_OUTDATED');
    const at = this.clock.now();
    const id = newId('pub');
    return inTransaction(this.dataSource, async (tx) => {
      await tx.insert(Publisher, { id, name, createdAt: at, agreementVersion, agreementAcceptedAt: at });
      await tx.insert(PublisherMember, { publisherId: id, accountId, role: 'owner', joinedAt: at });
      const data = { agreementVersion };
      await recordAudit(tx, { at, actor: `account:${accountId}`, action: 'publisher.registered', subject: id, data });
      return tx.findOneByOrFail(Publisher, { id });
    });
  }

  /**
   * Claims `@vendor`, once and for ever; releases wait until an operator has verified it. Claiming it again changes nothing.
   *
   * @throws {AccountError} NAMESPACE_TAKEN or NAMESPACE_LIMIT
   */
  async claimNamespace(publisherId: string, namespace: string, actor: string): Promise<PublisherNamespace> {
    const at = this.clock.now();
    return inTransaction(this.dataSource, async (tx) => {
      await lockPublisher(tx, publisherId);
      const known = await tx.findOneBy(PublisherNamespace, { namespace });
      if (known?.publisherId === publisherId) return known;
      if (known) throw new AccountError('NAMESPACE_TAKEN');
      const open = await tx.countBy(PublisherNamespace, { publisherId, verifiedAt: IsNull() });
      if (open >= MAX_UNVERIFIED) throw new AccountError('NAMESPACE_LIMIT');
      await insertNamespace(tx, { namespace, publisherId, claimedAt: at });
      await recordAudit(tx, { at, actor, action: 'namespace.claimed', subject: publisherId, data: { namespace } });
      return tx.findOneByOrFail(PublisherNamespace, { namespace });
    });
  }

  /** Says that the publisher is who its namespace says. Saying it again changes nothing. @throws {AccountError} NAMESPACE_UNKNOWN */
  async verifyNamespace(namespace: string, actor: string): Promise<PublisherNamespace> {
    const at = this.clock.now();
    return inTransaction(this.dataSource, async (tx) => {
      const found = await tx.findOne(PublisherNamespace, { where: { namespace }, lock: { mode: 'pessimistic_write' } });
      if (!found) throw new AccountError('NAMESPACE_UNKNOWN');
      if (found.verifiedAt) return found;
      await tx.update(PublisherNamespace, { namespace }, { verifiedAt: at, verifiedBy: actor });
      await tx.update(Publisher, { id: found.publisherId, verifiedAt: IsNull() }, { verifiedAt: at });
      await recordAudit(tx, {
        at,
        actor,
        action: 'namespace.verified',
        subject: found.publisherId,
        data: { namespace },
      });
      return tx.findOneByOrFail(PublisherNamespace, { namespace });
    });
  }

  /** Namespaces nobody has verified yet, longest waiting first, each with those it could be taken for. */
  async listUnverified(): Promise<{ namespace: PublisherNamespace; publisher: Publisher; resembles: string[] }[]> {
    const db = this.dataSource.manager;
    const all = await db.find(PublisherNamespace, { order: { claimedAt: 'ASC', namespace: 'ASC' } });
    const waiting = all.filter(({ verifiedAt }) => verifiedAt === null);
    return Promise.all(
      waiting.map(async (namespace) => ({
        namespace,
        publisher: await db.findOneByOrFail(Publisher, { id: namespace.publisherId }),
        resembles: all
          .filter(({ publisherId }) => publisherId !== namespace.publisherId)
          .map((other) => other.namespace)
          .filter((other) => looksLike(namespace.namespace, other)),
      })),
    );
  }

  /** Whether two people have to approve each release. @throws {AccountError} PUBLISHER_UNKNOWN */
  async setTwoPersonReview(publisherId: string, twoPersonReview: boolean, actor: string): Promise<Publisher> {
    const at = this.clock.now();
    return inTransaction(this.dataSource, async (tx) => {
      const { affected } = await tx.update(Publisher, { id: publisherId }, { twoPersonReview });
      if (affected === 0) throw new AccountError('PUBLISHER_UNKNOWN');
      const data = { twoPersonReview };
      await recordAudit(tx, { at, actor, action: 'publisher.review_changed', subject: publisherId, data });
      return tx.findOneByOrFail(Publisher, { id: publisherId });
    });
  }

  async find(publisherId: string): Promise<{ publisher: Publisher; namespaces: PublisherNamespace[] }> {
    const db = this.dataSource.manager;
    const publisher = await db.findOneByOrFail(Publisher, { id: publisherId });
    return {
      publisher,
      namespaces: await db.find(PublisherNamespace, { where: { publisherId }, order: { claimedAt: 'ASC' } }),
    };
  }

  /** Whether the publisher owns `namespace`. */
  async owns(publisherId: string, namespace: string): Promise<boolean> {
    return this.dataSource.manager.existsBy(PublisherNamespace, { publisherId, namespace });
  }
}

async function insertNamespace(tx: EntityManager, row: Partial<PublisherNamespace>): Promise<void> {
  try {
    await tx.insert(PublisherNamespace, row);
  } catch (error) {
    if (isUniqueViolation(error, 'publisher_namespaces_pkey')) throw new AccountError('NAMESPACE_TAKEN');
    throw error;
  }
}
