import { Clock, RateLimiter } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { CentralConfig } from '#config';
import { AccessLedger, type Access, type AccessAction, type Charged } from './access-ledger.js';
import { ComposerIndex } from './composer-index.js';
import { rateHeaders, rateLimited, refusalOf, refuse } from './composer-refusal.js';
import type { ComposerRefusal } from './composer-refusal.js';
import { readCredential } from './credential.js';
import { TokenScopes, type TokenScope } from './token-scopes.js';

/** Who asks, whichever server read the request. */
export interface Asker {
  /** Of the request. */
  readonly id: string;
  readonly method: string;
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

/** What goes out: headers as names and values by turns. */
export interface Outcome {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body?: Buffer | (() => Readable) | undefined;
}

/** What would be sent, before anybody counted it. */
export type Planned =
  | { readonly refusal: ComposerRefusal }
  | (Outcome & {
      /** Costs nothing: a 304, a notification. */
      readonly free?: boolean;
      /** The version whose bytes these are. */
      readonly downloaded?: string;
      /** Further audit rows. */
      readonly notes?: Access['notes'];
    });

export type Plan = (scope: TokenScope, now: Date) => Promise<Planned> | Planned;

/** One request on its way through the gate. */
interface Passage {
  readonly asker: Asker;
  readonly secret: string;
  readonly note: Access['notes'][number];
  readonly plan: Plan;
}

/** An answer planned for what a token opened. */
interface Draft<P = Planned | Promise<Planned>> {
  readonly scope: TokenScope;
  /** Revision of the packages before it was planned. */
  readonly seen: number;
  readonly planned: P;
}

/** A draft and the charge for it. */
interface Round extends Draft<Planned> {
  readonly permits: 0 | 1;
  readonly charged: Charged | Promise<Charged>;
}

/** Rounds after which an answer goes out although the packages keep changing under it. */
const MAX_ROUNDS = 5;

/**
 * Admits a request to the repository: token, scope, limit, audit, in one place. An answer is planned from memory, charged, and
 * sent only if the charge says that memory was up to date; else what is old is read anew and the answer planned again.
 */
@Injectable()
export class ComposerGate {
  private readonly logger = new Logger(ComposerGate.name);
  /** Wrong tokens by address, in this process: each costs a query, so guessing is limited before it. */
  private readonly guesses = new RateLimiter();

  constructor(
    private readonly scopes: TokenScopes,
    private readonly ledger: AccessLedger,
    private readonly index: ComposerIndex,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  /** The answer to a request, at once when everything it takes is in memory. */
  answer(
    asker: Asker,
    note: { readonly action: AccessAction; readonly subject: string },
    plan: Plan,
  ): Outcome | Promise<Outcome> {
    const secret = readCredential(asker.headers.authorization);
    if (secret === undefined) return refuse(asker, { code: 'CREDENTIALS_REQUIRED' });
    const passage = { asker, secret, note, plan };
    const scope = this.scopes.recall(secret);
    const now = this.clock.now();
    if (!scope || refusalOf(scope, now)) return this.goOn(passage, undefined);
    const draft = { scope, seen: this.index.revision, planned: plan(scope, now) };
    if (draft.planned instanceof Promise) return this.goOn(passage, draft);
    const round = this.charge({ ...draft, planned: draft.planned }, note);
    if (round.charged instanceof Promise || !this.isCurrent(round, round.charged)) return this.goOn(passage, round);
    return this.finish(passage, round, round.charged);
  }

  /** Charges what was begun, and plans and charges anew while what it was planned from was old. */
  private async goOn(passage: Passage, begun: Draft | Round | undefined): Promise<Outcome> {
    let scope = begun?.scope ?? this.scopes.recall(passage.secret);
    let draft = begun;
    let paid: Charged | undefined;
    for (let rounds = 1; ; rounds += 1) {
      if (!draft) {
        const now = this.clock.now();
        if (refusalOf(scope, now)) {
          if (this.hasGuessedTooOften(passage.asker.ip, now))
            return refuse(passage.asker, { code: 'TOO_MANY_GUESSES' });
          scope = await this.scopes.read(passage.secret);
        }
        const refusal = refusalOf(scope, now);
        if (!scope || refusal) return this.turnAway(passage.asker, refusal ?? { code: 'TOKEN_UNKNOWN' }, now);
        draft = { scope, seen: this.index.revision, planned: passage.plan(scope, now) };
      }
      const note = rounds === 1 ? passage.note : undefined;
      const round = 'charged' in draft ? draft : this.charge({ ...draft, planned: await draft.planned }, note, paid);
      const charged = await round.charged;
      if (round.permits === 1 && charged.granted) paid = charged;
      if (charged.tokenRevision > round.scope.revision) scope = await this.scopes.read(passage.secret);
      else if (charged.catalogRevision > round.seen && rounds < MAX_ROUNDS) await this.index.refresh();
      else return this.finish(passage, round, paid ?? charged);
      draft = undefined;
    }
  }

  /** A request is noted once and paid for once, however often it is planned. */
  private charge(draft: Draft<Planned>, note: Passage['note'] | undefined, paid?: Charged): Round {
    const { scope, planned } = draft;
    const permits = paid || ('free' in planned && planned.free) ? 0 : 1;
    const notes = note ? [note, ...('notes' in planned ? (planned.notes ?? []) : [])] : [];
    return { ...draft, permits, charged: this.ledger.charge({ tokenId: scope.tokenId, permits, notes }) };
  }

  private isCurrent({ scope, seen }: Round, { tokenRevision, catalogRevision }: Charged): boolean {
    return tokenRevision <= scope.revision && catalogRevision <= seen;
  }

  /** Asked before a token is read that memory does not hold as valid. Right tokens cost nothing: many customers share an address. */
  private hasGuessedTooOften(ip: string, now: Date): boolean {
    return this.guesses.isSpent(ip, this.config.rates.key, now.getTime());
  }

  private turnAway(asker: Asker, refusal: ComposerRefusal, now: Date): Outcome {
    this.guesses.take(asker.ip, this.config.rates.key, now.getTime());
    return refuse(asker, refusal);
  }

  private finish({ asker }: Passage, { scope: { tokenId }, planned }: Round, charged: Charged): Outcome {
    const rate = rateHeaders(charged, this.clock.now());
    if (!charged.granted) {
      this.note({ tokenId, permits: 0, notes: [{ action: 'limited', subject: '' }] });
      return refuse(asker, rateLimited(charged), rate);
    }
    if ('refusal' in planned) return refuse(asker, planned.refusal, rate);
    const { status, headers, body, downloaded } = planned;
    if (downloaded !== undefined && asker.method === 'GET') this.note({ tokenId, permits: 0, notes: [], downloaded });
    return { status, headers: [...headers, ...rate], body };
  }

  /** Counted with the next batch; the answer does not wait for it. */
  private note(access: Access): void {
    Promise.resolve(this.ledger.charge(access)).catch((error: unknown) =>
      this.logger.error(`an access was not noted: ${String(error)}`),
    );
  }
}
