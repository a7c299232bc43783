import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { isCheckedToken, newCheckedToken } from './checked-token.js';
import { hashSecret } from './hash-secret.js';
import { MARKET_SCOPES, MarketToken, type MarketScope } from './market-token.entity.js';

const PREFIX = 'hmkt';
/** It travels through the address bar of cPanel's pages, so it does not live long. */
export const MARKET_TOKEN_SECONDS = 3_600;

/** Whom a live market token acts for. */
export interface MarketIdentity {
  readonly clientId: string;
  readonly accountId: string;
  readonly email: string;
  readonly scopes: readonly MarketScope[];
}

/** What cPanel servers carry to act for a merchant (docs/protocol/market.md §4). */
@Injectable()
export class MarketTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Makes a token for a code that was just used up; shown once. */
  async issue(
    tx: EntityManager,
    given: { readonly codeHash: Buffer; readonly clientId: string; readonly accountId: string },
  ): Promise<string> {
    const token = newCheckedToken(PREFIX);
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + MARKET_TOKEN_SECONDS * 1_000);
    const scopes = [...MARKET_SCOPES];
    await tx.insert(MarketToken, {
      ...given,
      tokenHash: hashSecret(token),
      scopes,
      createdAt,
      expiresAt,
      revokedAt: null,
    });
    return token;
  }

  /** Ends what a code brought: it came a second time, so somebody else may have it. */
  async revokeOf(tx: EntityManager, codeHash: Buffer): Promise<void> {
    await tx.update(MarketToken, { codeHash, revokedAt: IsNull() }, { revokedAt: this.clock.now() });
  }

  /** Whom a token acts for; undefined when it is wrong, expired or revoked, its server disabled, its merchant barred. */
  async identify(token: string): Promise<MarketIdentity | undefined> {
    if (!isCheckedToken(token, PREFIX)) return undefined;
    const rows: MarketIdentity[] = await this.dataSource.query(
      `SELECT t.client_id AS "clientId", t.account_id AS "accountId", a.email, t.scopes
         FROM market_tokens t JOIN market_clients c ON c.id = t.client_id JOIN merchant_accounts a ON a.id = t.account_id
        WHERE t.token_hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND c.disabled_at IS NULL
          AND a.suspended_at IS NULL AND a.deleted_at IS NULL`,
      [hashSecret(token), this.clock.now()],
    );
    return rows[0];
  }
}
