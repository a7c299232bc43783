import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { isCheckedToken, newCheckedToken } from './checked-token.js';
import { hashSecret } from './hash-secret.js';
import { ManagementToken, type ManagementScope } from './management-token.entity.js';
import { TokenError } from './tokens.errors.js';

const PREFIX = 'hmgt';

export interface IssueManagementToken {
  readonly name: string;
  readonly scopes: readonly ManagementScope[];
  /** Null makes an operator's token. */
  readonly publisherId: string | null;
  readonly expiresAt: Date | null;
}

/** Tokens for sellers' systems, each with its scopes. */
@Injectable()
export class ManagementTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Makes a token and hands it out, once. @throws {TokenError} PUBLISHER_UNKNOWN */
  async issue(request: IssueManagementToken, actor: string): Promise<{ id: string; token: string }> {
    const token = newCheckedToken(PREFIX);
    const id = newId('key');
    const createdAt = this.clock.now();
    const { name, publisherId, expiresAt } = request;
    const scopes = [...new Set(request.scopes)];
    await inTransaction(this.dataSource, async (tx) => {
      const row = {
        id,
        name,
        publisherId,
        scopes,
        expiresAt,
        tokenHash: hashSecret(token),
        createdAt,
        revokedAt: null,
      };
      if (publisherId !== null && !(await publisherExists(tx, publisherId))) throw new TokenError('PUBLISHER_UNKNOWN');
      await tx.insert(ManagementToken, row);
      const data = { publisherId, scopes };
      await recordAudit(tx, { at: createdAt, actor, action: 'management_token.issued', subject: id, data });
    });
    return { id, token };
  }

  /** The live token behind a secret; undefined for one that is wrong, expired or revoked. */
  async identify(token: string): Promise<ManagementToken | undefined> {
    if (!isCheckedToken(token, PREFIX)) return undefined;
    const live = { tokenHash: hashSecret(token), revokedAt: IsNull() };
    const row = await this.dataSource.manager.findOneBy(ManagementToken, live);
    if (!row || (row.expiresAt && row.expiresAt <= this.clock.now())) return undefined;
    return row;
  }

  /** Ends a token at once. Ending it again changes nothing. @throws {TokenError} MANAGEMENT_TOKEN_NOT_FOUND */
  async revoke(id: string, actor: string): Promise<void> {
    const revokedAt = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await tx.existsBy(ManagementToken, { id }))) throw new TokenError('MANAGEMENT_TOKEN_NOT_FOUND');
      const { affected } = await tx.update(ManagementToken, { id, revokedAt: IsNull() }, { revokedAt });
      if (affected === 0) return;
      await recordAudit(tx, { at: revokedAt, actor, action: 'management_token.revoked', subject: id });
    });
  }

  /** Every token, newest first; none shows its secret. */
  async list(): Promise<ManagementToken[]> {
    return this.dataSource.manager.find(ManagementToken, { order: { createdAt: 'DESC', id: 'DESC' } });
  }
}

/** By table, not by feature: accounts are of this feature's own layer. */
async function publisherExists(tx: EntityManager, id: string): Promise<boolean> {
  return (await tx.query<object[]>('SELECT 1 FROM publishers WHERE id = $1', [id])).length > 0;
}
