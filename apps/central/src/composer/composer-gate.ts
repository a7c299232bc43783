import { Clock, RateLimiter } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { CentralConfig } from '#config';
import { AccessLedger, type Access, type AccessAction, type Charged } from './access-ledger.js';
import { ComposerIndex } from './composer-index.js';
import { rateHeaders, rateLimited, refusalOf, sendRefusal, type ComposerRefusal } from './composer-refusal.js';
import { readCredential } from './credential.js';
import { TokenScopes, type TokenScope } from './token-scopes.js';

/** What would be sent, before anybody counted it. */
export type Planned =
  | { readonly refusal: ComposerRefusal }
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: Buffer | (() => Readable);
      /** Costs nothing: a 304, a notification. */
      readonly free?: boolean;
      /** The version whose bytes these are. */
      readonly downloaded?: string;
      /** Further audit rows. */
      readonly notes?: Access['notes'];
    };

export type Plan = (scope: TokenScope, now: Date) => Promise<Planned> | Planned;

/** Rounds after which an answer goes out although the packages keep changing under it. */
const MAX_ROUNDS = 5;

/**
 * Admits a request to the repository: token, scope, limit, audit, in one place. An answer is planned from memory, charged, and
 * sent only if the charge says that memory was up to date; else what is old is read anew and the answer planned again.
 */
@Injectable()
export class ComposerGate {
  /** Wrong tokens by address, in this process: each costs a query, so guessing is limited before it. */
  private readonly guesses = new RateLimiter();

  constructor(
    private readonly scopes: TokenScopes,
    private readonly ledger: AccessLedger,
    private readonly index: ComposerIndex,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    note: { readonly action: AccessAction; readonly subject: string },
    plan: Plan,
  ): Promise<void> {
    const secret = readCredential(request.headers.authorization);
    if (secret === undefined) return sendRefusal(request, reply, { code: 'CREDENTIALS_REQUIRED' });
    let scope = this.scopes.recall(secret);
    let noted = false;
    let paid: Charged | undefined;
    for (let round = 1; ; round += 1) {
      const now = this.clock.now();
      if (refusalOf(scope, now)) {
        if (this.hasGuessedTooOften(request.ip, now)) return sendRefusal(request, reply, { code: 'TOO_MANY_GUESSES' });
        scope = await this.scopes.read(secret);
      }
      const refusal = refusalOf(scope, now);
      if (!scope || refusal) {
        this.guesses.take(request.ip, this.config.rates.key, now.getTime());
        return sendRefusal(request, reply, refusal ?? { code: 'TOKEN_UNKNOWN' });
      }

      const seen = this.index.revision;
      const planned = await plan(scope, now);
      const permits = paid || ('free' in planned && planned.free) ? 0 : 1;
      const notes = noted ? [] : [note, ...('notes' in planned ? (planned.notes ?? []) : [])];
      const charged = await this.ledger.charge({ tokenId: scope.tokenId, permits, notes });
      noted = true;
      if (permits === 1 && charged.granted) paid = charged;
      if (charged.tokenRevision !== scope.revision) scope = await this.scopes.read(secret);
      else if (charged.catalogRevision > seen && round < MAX_ROUNDS) await this.index.refresh();
      else return this.send(request, reply, planned, paid ?? charged, scope);
    }
  }

  /** Asked before a token is read that memory does not hold as valid. Right tokens cost nothing: many customers share an address. */
  private hasGuessedTooOften(ip: string, now: Date): boolean {
    return this.guesses.isSpent(ip, this.config.rates.key, now.getTime());
  }

  private send(
    request: FastifyRequest,
    reply: FastifyReply,
    planned: Planned,
    charged: Charged,
    { tokenId }: TokenScope,
  ): void {
    const rate = rateHeaders(charged, this.clock.now());
    if (!charged.granted) {
      void reply.headers(rate);
      this.note({ tokenId, permits: 0, notes: [{ action: 'limited', subject: '' }] }, request);
      return sendRefusal(request, reply, rateLimited(charged));
    }
    if ('refusal' in planned) return sendRefusal(request, reply.headers(rate), planned.refusal);
    const { status, headers, body, downloaded } = planned;
    if (downloaded !== undefined && request.method === 'GET') {
      this.note({ tokenId, permits: 0, notes: [], downloaded }, request);
    }
    void reply
      .code(status)
      .headers({ ...headers, ...rate })
      .send(typeof body === 'function' ? body() : body);
  }

  /** Counted with the next batch; the answer does not wait for it. */
  private note(access: Access, request: FastifyRequest): void {
    Promise.resolve(this.ledger.charge(access)).catch((err: unknown) =>
      request.log.error({ err }, 'an access was not noted'),
    );
  }
}
