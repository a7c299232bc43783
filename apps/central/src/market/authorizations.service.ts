import { randomBytes } from 'node:crypto';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { hashSecret, MarketTokens } from '#tokens';
import type { AuthorizeRequest } from './authorize-request.js';
import { MarketClients } from './clients.service.js';
import { MarketCode, type MarketClient } from './market-client.entity.js';
import { GrantError } from './market.errors.js';
import { answersChallenge } from './pkce.js';
import { isReturnAddress, withParameters } from './return-address.js';

/** From the consent to the exchange: one redirect and one call of the server behind it. */
const CODE_SECONDS = 60;
/** Used codes are remembered for as long as what they brought may live, and longer. */
const MEMORY_MS = 24 * 3_600_000;

export interface CodeExchange {
  readonly clientId: string;
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier: string;
}

/** How a merchant lets a cPanel server act for him (docs/protocol/market.md §3 and §4). */
@Injectable()
export class Authorizations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly clients: MarketClients,
    private readonly tokens: MarketTokens,
  ) {}

  /** The server that asks, if its request may be answered at all; undefined when a browser must not be sent there. */
  async clientOf({ clientId, redirectUri }: AuthorizeRequest): Promise<MarketClient | undefined> {
    const client = await this.clients.find(clientId);
    return client && isReturnAddress(redirectUri, client.origins) ? client : undefined;
  }

  /** Notes the merchant's consent; the address that brings its code to cPanel. */
  async grant({ clientId, redirectUri, challenge }: AuthorizeRequest, accountId: string): Promise<string> {
    const code = randomBytes(32).toString('base64url');
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + CODE_SECONDS * 1_000);
    await inTransaction(this.dataSource, async (tx) => {
      const asked = { clientId, accountId, redirectUri, challenge };
      await tx.insert(MarketCode, { ...asked, codeHash: hashSecret(code), createdAt, expiresAt, usedAt: null });
      const actor = `merchant:${accountId}`;
      await recordAudit(tx, { at: createdAt, actor, action: 'market.consented', subject: clientId });
    });
    return withParameters(redirectUri, { code });
  }

  /**
   * The token for a code. Whatever the answer, the code is used up; one that comes again ends the token it brought, since one of
   * the two who had it should not have (RFC 6749 §4.1.2).
   *
   * @throws {GrantError} invalid_client or invalid_grant
   */
  async exchange(exchange: CodeExchange): Promise<string> {
    if (!(await this.clients.find(exchange.clientId))) throw new GrantError('invalid_client');
    // The refusal is thrown after the commit: it must not undo the revocation.
    const token = await inTransaction(this.dataSource, (tx) => this.take(tx, exchange));
    if (token === null) throw new GrantError('invalid_grant');
    return token;
  }

  /** Forgets codes, and their tokens with them, that have long expired. */
  async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - MEMORY_MS);
    await this.dataSource.manager.delete(MarketCode, { expiresAt: LessThan(before) });
  }

  private async take(
    tx: EntityManager,
    { clientId, code, redirectUri, verifier }: CodeExchange,
  ): Promise<string | null> {
    const codeHash = hashSecret(code);
    const lock = { mode: 'pessimistic_write' } as const;
    const row = await tx.findOne(MarketCode, { where: { codeHash }, lock });
    if (!row) return null;
    const at = this.clock.now();
    const { accountId } = row;
    if (row.usedAt) {
      await this.tokens.revokeOf(tx, codeHash);
      await recordAudit(tx, { at, actor: `market:${clientId}`, action: 'market.code_replayed', subject: row.clientId });
      return null;
    }
    await tx.update(MarketCode, { codeHash }, { usedAt: at });
    const isMeant =
      row.expiresAt > at &&
      row.clientId === clientId &&
      row.redirectUri === redirectUri &&
      answersChallenge(verifier, row.challenge);
    return isMeant ? this.tokens.issue(tx, { codeHash, clientId, accountId }) : null;
  }
}
