import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource, IsNull } from 'typeorm';
import { recordAudit } from '#audit';
import { DatabaseListener } from '#database';
import { hashSecret } from './hash-secret.js';
import { PublishableKey } from './publishable-key.entity.js';
import { TokenError } from './tokens.errors.js';

/** Longest header value worth hashing. */
const MAX_KEY_LENGTH = 128;

/** Publishable keys: issued, revoked and rotated by operators, checked in memory on every read. */
@Injectable()
export class PublishableKeys implements OnModuleInit {
  /** Key text → id, for keys already seen; only live keys are in it. */
  private readonly seen = new Map<string, string>();
  private live = new Map<string, string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    listener: DatabaseListener,
  ) {
    listener.onNotify('publishable_keys', () => this.reload());
  }

  async onModuleInit(): Promise<void> {
    await this.reload();
  }

  /** The id of a live key, without a query. A revocation anywhere reaches this process by notification. */
  identify(key: string): string | undefined {
    const known = this.seen.get(key);
    if (known !== undefined) return known;
    if (key.length > MAX_KEY_LENGTH) return undefined;
    const id = this.live.get(hashSecret(key).toString('base64'));
    if (id !== undefined) this.seen.set(key, id);
    return id;
  }

  /** Makes a key and hands it out, once. */
  async issue(name: string, actor: string): Promise<{ id: string; key: string }> {
    const key = `pk_${randomBytes(24).toString('base64url')}`;
    const id = newId('key');
    const createdAt = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      await tx.insert(PublishableKey, {
        id,
        name,
        keyHash: hashSecret(key),
        hint: key.slice(0, 7),
        createdAt,
        revokedAt: null,
      });
      await recordAudit(tx, { at: createdAt, actor, action: 'publishable_key.issued', subject: id });
      await tx.query(`SELECT pg_notify('publishable_keys', '')`);
    });
    await this.reload();
    return { id, key };
  }

  /** Ends a key at once, in every process. Ending it again changes nothing. @throws {TokenError} PUBLISHABLE_KEY_NOT_FOUND */
  async revoke(id: string, actor: string): Promise<void> {
    const revokedAt = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await tx.existsBy(PublishableKey, { id }))) throw new TokenError('PUBLISHABLE_KEY_NOT_FOUND');
      const { affected } = await tx.update(PublishableKey, { id, revokedAt: IsNull() }, { revokedAt });
      if (affected === 0) return;
      await recordAudit(tx, { at: revokedAt, actor, action: 'publishable_key.revoked', subject: id });
      await tx.query(`SELECT pg_notify('publishable_keys', '')`);
    });
    await this.reload();
  }

  async list(): Promise<PublishableKey[]> {
    return this.dataSource.manager.find(PublishableKey, { order: { createdAt: 'DESC' } });
  }

  private async reload(): Promise<void> {
    const rows = await this.dataSource.manager.findBy(PublishableKey, { revokedAt: IsNull() });
    this.live = new Map(rows.map(({ id, keyHash }) => [keyHash.toString('base64'), id]));
    this.seen.clear();
  }
}
