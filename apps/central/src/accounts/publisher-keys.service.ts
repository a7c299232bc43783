import { Clock, inTransaction } from '@hansa/platform';
import { readEd25519PublicKey, thumbprint, TrustError } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { AccountError } from './accounts.errors.js';
import { isLiveKey } from './key-validity.js';
import { PublisherKey } from './publisher.entity.js';

/** The keys a publisher may have at once that still sign. */
const MAX_LIVE_KEYS = 20;

export interface NewPublisherKey {
  readonly name: string;
  /** A JWK. */
  readonly publicKey: unknown;
  readonly validFrom?: Date | null;
  readonly validUntil?: Date | null;
}

/** The keys publishers sign with. */
@Injectable()
export class PublisherKeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets a publisher sign with this key. The same key again is the key it already has, as it is.
   *
   * @throws {AccountError} PUBLISHER_KEY_REFUSED for weak or malformed keys, KEY_VALIDITY_INVALID, PUBLISHER_KEY_TAKEN, KEY_LIMIT
   */
  async add(
    publisherId: string,
    { name, publicKey, ...validity }: NewPublisherKey,
    actor: string,
  ): Promise<PublisherKey> {
    const publicJwk = readKey(publicKey);
    const now = this.clock.now();
    const { validFrom = null, validUntil = null } = validity;
    if (validUntil && validUntil <= (validFrom ?? now)) throw new AccountError('KEY_VALIDITY_INVALID');
    const kid = thumbprint(publicJwk);
    return inTransaction(this.dataSource, async (tx) => {
      await tx.query('SELECT 1 FROM publishers WHERE id = $1 FOR UPDATE', [publisherId]);
      const known = await tx.findOneBy(PublisherKey, { kid });
      if (known && (known.publisherId !== publisherId || known.revokedAt))
        throw new AccountError('PUBLISHER_KEY_TAKEN');
      if (known) return known;
      const keys = await tx.findBy(PublisherKey, { publisherId });
      if (keys.filter((key) => isLiveKey(key, now)).length >= MAX_LIVE_KEYS) throw new AccountError('KEY_LIMIT');
      await insertKey(tx, [kid, publisherId, name, publicJwk, now, validFrom, validUntil]);
      const key = await tx.findOneByOrFail(PublisherKey, { kid });
      if (key.publisherId !== publisherId) throw new AccountError('PUBLISHER_KEY_TAKEN');
      await recordAudit(tx, { at: now, actor, action: 'publisher_key.added', subject: kid, data: { publisherId } });
      return key;
    });
  }

  /**
   * Replaces a key: the new one signs from now on, the old one until the overlap is over. Releases stay tied to the key that
   * signed them.
   *
   * @throws {AccountError} KEY_NOT_FOUND, and what `add` throws
   */
  async rotate(
    publisherId: string,
    kid: string,
    next: NewPublisherKey,
    overlapDays: number,
    actor: string,
  ): Promise<PublisherKey> {
    const added = await this.add(publisherId, next, actor);
    const now = this.clock.now();
    const until = new Date(now.getTime() + overlapDays * 86_400_000);
    await inTransaction(this.dataSource, async (tx) => {
      const old = await lockKey(tx, publisherId, kid);
      if (old.revokedAt || old.kid === added.kid || (old.validUntil && old.validUntil <= until)) return;
      await tx.update(PublisherKey, { kid }, { validUntil: until });
      const data = { publisherId, next: added.kid, until: until.toISOString() };
      await recordAudit(tx, { at: now, actor, action: 'publisher_key.rotated', subject: kid, data });
    });
    return added;
  }

  /** Ends a key at once: nothing new is taken with it. Revoking it again changes nothing. @throws {AccountError} KEY_NOT_FOUND */
  async revoke(publisherId: string, kid: string, reason: string, actor: string): Promise<PublisherKey> {
    const revokedAt = this.clock.now();
    return inTransaction(this.dataSource, async (tx) => {
      const key = await lockKey(tx, publisherId, kid);
      if (key.revokedAt) return key;
      await tx.update(PublisherKey, { kid }, { revokedAt, revokedReason: reason });
      await recordAudit(tx, {
        at: revokedAt,
        actor,
        action: 'publisher_key.revoked',
        subject: kid,
        data: { publisherId },
      });
      return tx.findOneByOrFail(PublisherKey, { kid });
    });
  }

  /** Every key, oldest first; those that are over too. */
  async list(publisherId: string): Promise<PublisherKey[]> {
    return this.dataSource.manager.find(PublisherKey, {
      where: { publisherId },
      order: { addedAt: 'ASC', kid: 'ASC' },
    });
  }

  /** The key `kid` when this publisher may sign with it now. */
  async findLive(publisherId: string, kid: string): Promise<PublisherKey | undefined> {
    const key = await this.dataSource.manager.findOneBy(PublisherKey, { publisherId, kid });
    return key && isLiveKey(key, this.clock.now()) ? key : undefined;
  }
}

async function lockKey(tx: EntityManager, publisherId: string, kid: string): Promise<PublisherKey> {
  const where = { publisherId, kid };
  const key = await tx.findOne(PublisherKey, { where, lock: { mode: 'pessimistic_write' } });
  if (!key) throw new AccountError('KEY_NOT_FOUND');
  return key;
}

/** Another publisher may add the same key at the same moment: the first keeps it. */
async function insertKey(tx: EntityManager, values: unknown[]): Promise<void> {
  await tx.query(
    `INSERT INTO publisher_keys (kid, publisher_id, name, public_jwk, added_at, valid_from, valid_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kid) DO NOTHING`,
    values,
  );
}

function readKey(publicKey: unknown) {
  try {
    return readEd25519PublicKey(publicKey);
  } catch (cause) {
    if (cause instanceof TrustError) throw new AccountError('PUBLISHER_KEY_REFUSED', { cause });
    throw cause;
  }
}
