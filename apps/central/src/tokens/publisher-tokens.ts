import { randomBytes } from 'node:crypto';
import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { recordAudit } from '#audit';
import { hashSecret } from './hash-secret.js';
import { PublisherToken } from './publishable-key.entity.js';

/** Publish-only tokens of publishers. */
@Injectable()
export class PublisherTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Makes a token and hands it out, once. */
  async issue(publisherId: string, name: string, actor: string): Promise<{ id: string; token: string }> {
    const token = `hpub_${randomBytes(32).toString('base64url')}`;
    const id = newId('key');
    const createdAt = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      const row = { id, publisherId, name, tokenHash: hashSecret(token), createdAt, expiresAt: null, revokedAt: null };
      await tx.insert(PublisherToken, row);
      await recordAudit(tx, {
        at: createdAt,
        actor,
        action: 'publisher_token.issued',
        subject: id,
        data: { publisherId },
      });
    });
    return { id, token };
  }

  /** The publisher a live token stands for. */
  async identify(token: string): Promise<string | undefined> {
    const row = await this.dataSource.manager.findOneBy(PublisherToken, {
      tokenHash: hashSecret(token),
      revokedAt: IsNull(),
    });
    if (!row || (row.expiresAt && row.expiresAt <= this.clock.now())) return undefined;
    return row.publisherId;
  }
}
