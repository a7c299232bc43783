import { Clock, inTransaction, isUniqueViolation, newId } from '@hansa/platform';
import { readEd25519PublicKey, thumbprint, TrustError } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { recordAudit } from '#audit';
import { AccountError } from './accounts.errors.js';
import { Publisher, PublisherKey, PublisherNamespace } from './publisher.entity.js';

@Injectable()
export class PublishersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Makes a publisher that owns `namespace`. @throws {AccountError} NAMESPACE_TAKEN */
  async create(name: string, namespace: string, actor: string): Promise<Publisher> {
    const now = this.clock.now();
    const publisher = { id: newId('pub'), name, createdAt: now, verifiedAt: now };
    return inTransaction(this.dataSource, async (tx) => {
      await tx.insert(Publisher, publisher);
      try {
        await tx.insert(PublisherNamespace, { namespace, publisherId: publisher.id, claimedAt: now });
      } catch (error) {
        if (isUniqueViolation(error, 'publisher_namespaces_pkey')) throw new AccountError('NAMESPACE_TAKEN');
        throw error;
      }
      await recordAudit(tx, {
        at: now,
        actor,
        action: 'publisher.created',
        subject: publisher.id,
        data: { namespace },
      });
      return publisher;
    });
  }

  /**
   * Lets a publisher sign with this key. The same key again is the key it already has.
   *
   * @throws {AccountError} PUBLISHER_KEY_REFUSED for weak or malformed keys, PUBLISHER_KEY_TAKEN
   */
  async addKey(publisherId: string, name: string, publicKey: unknown, actor: string): Promise<PublisherKey> {
    const publicJwk = readKey(publicKey);
    const now = this.clock.now();
    const kid = thumbprint(publicJwk);
    return inTransaction(this.dataSource, async (tx) => {
      await tx.query(
        `INSERT INTO publisher_keys (kid, publisher_id, name, public_jwk, added_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kid) DO NOTHING`,
        [kid, publisherId, name, publicJwk, now],
      );
      const key = await tx.findOneByOrFail(PublisherKey, { kid });
      if (key.publisherId !== publisherId || key.revokedAt) throw new AccountError('PUBLISHER_KEY_TAKEN');
      await recordAudit(tx, { at: now, actor, action: 'publisher_key.added', subject: kid, data: { publisherId } });
      return key;
    });
  }

  /** The key `kid` when this publisher may sign with it now. */
  async findKey(publisherId: string, kid: string): Promise<PublisherKey | undefined> {
    return (
      (await this.dataSource.manager.findOneBy(PublisherKey, { publisherId, kid, revokedAt: IsNull() })) ?? undefined
    );
  }

  /** Whether the publisher owns `namespace`. */
  async owns(publisherId: string, namespace: string): Promise<boolean> {
    return this.dataSource.manager.existsBy(PublisherNamespace, { publisherId, namespace });
  }
}

function readKey(publicKey: unknown) {
  try {
    return readEd25519PublicKey(publicKey);
  } catch (cause) {
    if (cause instanceof TrustError) throw new AccountError('PUBLISHER_KEY_REFUSED', { cause });
    throw cause;
  }
}
