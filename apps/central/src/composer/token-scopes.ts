import { createHash, hash } from 'node:crypto';
import { poolOf } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { hashSecret, isCheckedToken } from '#tokens';
import type { Entitlement } from './package-prefix.js';
import { PACKAGE_TOKEN_PREFIX } from './package-tokens.service.js';

/** What a token opens, as it was at `revision`. */
export interface TokenScope {
  readonly tokenId: string;
  readonly revision: number;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly entitlements: readonly Entitlement[];
  /** Differs between tokens and between revisions of one: part of every `Last-Modified`. */
  readonly salt: number;
}

/** Tokens remembered at once; the one not seen longest makes room. */
const MAX_SCOPES = 10_000;

const SCOPE = `
  SELECT t.id, t.revision, t.expires_at, t.revoked_at, e.prefix, e.exact, e.expires_at AS right_expires_at, e.updates_until
    FROM package_tokens t LEFT JOIN package_token_entitlements e ON e.token_id = t.id WHERE t.token_hash = $1`;

interface ScopeRow {
  readonly id: string;
  readonly revision: string;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly prefix: string | null;
  readonly exact: boolean;
  readonly right_expires_at: Date | null;
  readonly updates_until: Date | null;
}

/**
 * Package tokens in memory. What is remembered may be old: whoever answers from it charges the access and compares the revision
 * the charge brought (`AccessLedger`), so that a revocation or a purchase in any process counts at once.
 */
@Injectable()
export class TokenScopes {
  private readonly scopes = new LRUCache<string, TokenScope>({ max: MAX_SCOPES });

  constructor(private readonly dataSource: DataSource) {}

  /** What is remembered of this secret. */
  recall(secret: string): TokenScope | undefined {
    return this.scopes.get(keyOf(secret));
  }

  /** Reads the token anew; undefined when there is none, without a query for text that is no token. */
  async read(secret: string): Promise<TokenScope | undefined> {
    if (!isCheckedToken(secret, PACKAGE_TOKEN_PREFIX)) return undefined;
    const values = [hashSecret(secret)];
    const { rows } = await poolOf(this.dataSource).query<ScopeRow>({ name: 'composer-scope', text: SCOPE, values });
    const [first] = rows;
    if (!first) return undefined;
    const scope: TokenScope = {
      tokenId: first.id,
      revision: Number(first.revision),
      expiresAt: first.expires_at,
      revokedAt: first.revoked_at,
      entitlements: rows.flatMap(({ prefix, exact, right_expires_at: expiresAt, updates_until: updatesUntil }) =>
        prefix === null ? [] : [{ prefix, exact, expiresAt, updatesUntil }],
      ),
      salt: createHash('sha256').update(`${first.id} ${first.revision}`).digest().readUIntBE(0, 6),
    };
    this.scopes.set(keyOf(secret), scope);
    return scope;
  }
}

/** The hash, so that no secret stays in memory longer than its request. */
function keyOf(secret: string): string {
  return hash('sha256', secret, 'base64');
}
