import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { recordAudit } from '#audit';
import { isCheckedToken, newCheckedToken } from './checked-token.js';
import { hashSecret } from './hash-secret.js';
import { PublisherToken } from './publishable-key.entity.js';
import type { PublisherScope } from './publisher-scopes.js';
import { TokenError } from './tokens.errors.js';

const PREFIX = 'hpub';
const HINT_LENGTH = 9;

export interface IssuePublisherToken {
  readonly scopes: readonly PublisherScope[];
  readonly expiresAt: Date | null;
}

/** What publishers' tools authenticate with. */
@Injectable()
export class PublisherTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Makes a token and hands it out, once. Without options it may do everything and does not end. */
  async issue(
    publisherId: string,
    name: string,
    actor: string,
    { scopes, expiresAt }: IssuePublisherToken = { scopes: ['full'], expiresAt: null },
  ): Promise<{ id: string; token: string }> {
    const token = newCheckedToken(PREFIX);
    const id = newId('key');
    const createdAt = this.clock.now();
    const row = { id, publisherId, name, scopes: [...new Set(scopes)], expiresAt, createdAt, revokedAt: null };
    await inTransaction(this.dataSource, async (tx) => {
      await tx.insert(PublisherToken, { ...row, tokenHash: hashSecret(token), hint: token.slice(0, HINT_LENGTH) });
      const data = { publisherId, scopes: row.scopes };
      await recordAudit(tx, { at: createdAt, actor, action: 'publisher_token.issued', subject: id, data });
    });
    return { id, token };
  }

  /** The live token behind a secret; undefined for one that is wrong, expired or revoked. */
  async identify(token: string): Promise<PublisherToken | undefined> {
    if (!isCheckedToken(token, PREFIX)) return undefined;
    const live = { tokenHash: hashSecret(token), revokedAt: IsNull() };
    const row = await this.dataSource.manager.findOneBy(PublisherToken, live);
    if (!row || (row.expiresAt && row.expiresAt <= this.clock.now())) return undefined;
    return row;
  }

  /** A publisher's tokens, newest first; none shows its secret. */
  async list(publisherId: string): Promise<PublisherToken[]> {
    return this.dataSource.manager.find(PublisherToken, {
      where: { publisherId },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
  }

  /** Ends a token at once. Ending it again changes nothing. @throws {TokenError} PUBLISHER_TOKEN_NOT_FOUND */
  async revoke(publisherId: string, id: string, actor: string): Promise<void> {
    const revokedAt = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await tx.existsBy(PublisherToken, { id, publisherId }))) throw new TokenError('PUBLISHER_TOKEN_NOT_FOUND');
      const { affected } = await tx.update(PublisherToken, { id, revokedAt: IsNull() }, { revokedAt });
      if (affected === 0) return;
      await recordAudit(tx, {
        at: revokedAt,
        actor,
        action: 'publisher_token.revoked',
        subject: id,
        data: { publisherId },
      });
    });
  }
}
