import { randomUUID } from 'node:crypto';
import { Clock } from '@hansa/platform';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { CHARGE, chargeValues, Notes, type ChargedRow, type TokenBatch } from './charge-batch.js';

/** What a token was used for; each is a row of `composer_accesses`, counted. */
export type AccessAction = 'root' | 'metadata' | 'dist' | 'search' | 'list' | 'advisories' | 'install' | 'limited';

export interface Access {
  readonly tokenId: string;
  /** 1 when it counts against the hourly limit. */
  readonly permits: 0 | 1;
  readonly notes: readonly { readonly action: AccessAction; readonly subject: string }[];
  /** The version whose bytes were sent. */
  readonly downloaded?: string;
}

/** Where a token stands, as of the charge. */
export interface Charged {
  readonly granted: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** End of the hour that is counted, in milliseconds. */
  readonly resetAt: number;
  /** Revision of the token; an answer planned for an older one must be planned again. */
  readonly tokenRevision: number;
  /** Revision of all Composer packages. */
  readonly catalogRevision: number;
}

/** Permits this process holds of a busy token, for a moment. */
interface Lease {
  left: number;
  /** By the clock of the process, `performance.now()`. */
  until: number;
  readonly row: ChargedRow;
  readonly timer: NodeJS.Timeout;
}

interface Waiting {
  readonly access: Access;
  readonly done: (charged: Charged) => void;
  readonly fail: (error: unknown) => void;
}

export const WINDOW_MS = 3_600_000;
/** How long permits are held, and so how old the knowledge about a busy token can be in a process that did not change it. */
const LEASE_MS = 100;
/** Charges of one token within `LEASE_MS` from which on permits are held for it. Below, every request asks the database. */
const BUSY = 25;
const MAX_LEASE = 10_000;
/** Charges one statement takes; more wait for the next. */
const MAX_BATCH = 1_000;
/** Until a token that is used up is asked again while other processes hold permits of it. */
const PENDING_MS = 20;

/**
 * Counts what tokens are used for: the hourly limit, the audit rows, the last use.
 *
 * Exact at any concurrency and over any number of processes: a permit is taken from the row of its token before the request is
 * answered, and what waits while a statement is under way shares the next one. For a busy token a process takes permits ahead
 * and gives back what it did not need within 100 ms; a token is refused only when no process holds any.
 *
 * Every permit counted is in the audit: under its use, or as `unaccounted` when its process died within those 100 ms. Commits do
 * not wait for the disk (`synchronous_commit=off`): a crash of PostgreSQL itself may forget the last half second.
 */
@Injectable()
export class AccessLedger implements OnApplicationShutdown {
  private readonly me = randomUUID();
  private readonly pool: pg.Pool;
  private readonly leases = new Map<string, Lease>();
  /** Charges by token since `countedSince`, to tell the busy ones. */
  private counts = new Map<string, number>();
  private countedSince = 0;
  private waiting: Waiting[] = [];
  /** What leases were used for and is not written yet, by token. */
  private readonly notes = new Map<string, Notes>();
  /** Unused permits of leases that ended and wait to be given back. */
  private readonly ended = new Map<string, number>();
  private underWay = false;
  private woken = false;
  private idle: (() => void) | undefined;

  constructor(
    dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    const { url } = dataSource.options as { url: string };
    this.pool = new pg.Pool({
      connectionString: url,
      max: 1,
      application_name: 'hansa-ledger',
      options: '-c synchronous_commit=off',
      connectionTimeoutMillis: 10_000,
    });
    this.pool.on('error', () => undefined); // a broken connection fails the statement that meets it
  }

  /** Charges an access and says where its token stands. */
  charge(access: Access): Charged | Promise<Charged> {
    const { tokenId } = access;
    this.counts.set(tokenId, (this.counts.get(tokenId) ?? 0) + 1);
    const leased = this.fromLease(access);
    if (leased) return leased;
    return new Promise((done, fail) => {
      this.waiting.push({ access, done, fail });
      this.wake();
    });
  }

  /** Forgets what this process knows of a token: the next access asks the database. Call it after a change has committed. */
  forget(tokenId: string): void {
    this.endLease(tokenId);
  }

  /** Writes what is left, gives back what is held, and closes. The server has stopped by then. */
  async onApplicationShutdown(): Promise<void> {
    for (const tokenId of [...this.leases.keys()]) this.endLease(tokenId);
    if (this.hasWork || this.underWay) {
      await new Promise<void>((done) => {
        this.idle = done;
        this.wake();
      });
    }
    await this.pool.end();
  }

  private fromLease(access: Access): Charged | undefined {
    const { tokenId, permits } = access;
    const lease = this.leases.get(tokenId);
    if (!lease || lease.left < permits || !this.holds(lease)) return undefined;
    lease.left -= permits;
    this.notesOf(tokenId).add(access);
    return standing(lease.row, lease.left, true);
  }

  private holds({ until, row }: Lease): boolean {
    return performance.now() < until && this.clock.now().getTime() < row.window_start.getTime() + WINDOW_MS;
  }

  private endLease(tokenId: string): void {
    const lease = this.leases.get(tokenId);
    if (!lease) return;
    clearTimeout(lease.timer);
    this.leases.delete(tokenId);
    this.ended.set(tokenId, lease.left);
    this.wake();
  }

  private notesOf(tokenId: string): Notes {
    const known = this.notes.get(tokenId);
    if (known) return known;
    const notes = new Notes();
    this.notes.set(tokenId, notes);
    return notes;
  }

  /** The notes of a lease wait for its end. */
  private get hasWork(): boolean {
    return this.waiting.length > 0 || this.ended.size > 0;
  }

  /** At the end of this turn of the event loop, so that requests which arrived together are charged together. */
  private wake(): void {
    if (this.woken || this.underWay || !this.hasWork) return;
    this.woken = true;
    setImmediate(() => {
      this.woken = false;
      void this.send();
    });
  }

  private async send(): Promise<void> {
    const batch = this.waiting.splice(0, MAX_BATCH).filter((waiting) => !this.serve(waiting));
    if (batch.length === 0 && this.ended.size === 0) return this.rest();
    this.underWay = true;
    const tokens = this.tokensOf(batch);
    const held = [...tokens].map(([tokenId, { notes }]) => [tokenId, copyOf(notes)] as const);
    for (const { access } of batch) tokens.get(access.tokenId)!.notes.add(access);
    try {
      const startedAt = performance.now();
      const now = this.clock.now();
      const hour = new Date(Math.floor(now.getTime() / WINDOW_MS) * WINDOW_MS);
      const values = [this.me, now, hour, ...chargeValues(tokens)];
      const { rows } = await this.pool.query<ChargedRow>({ name: 'composer-charge', text: CHARGE, values });
      this.settle(batch, rows, startedAt);
    } catch (error) {
      for (const [tokenId, notes] of held) this.notesOf(tokenId).merge(notes); // answered already, so written later
      for (const { fail } of batch) fail(error);
    } finally {
      this.underWay = false;
      this.rest();
    }
  }

  private rest(): void {
    if (this.hasWork) this.wake();
    else this.idle?.();
  }

  /** What waited for a statement may find that it brought a lease. */
  private serve({ access, done }: Waiting): boolean {
    const leased = this.fromLease(access);
    if (leased) done(leased);
    return leased !== undefined;
  }

  /** What to ask of each token: permits for those who wait, a lease if it is busy, and what is given back. */
  private tokensOf(batch: readonly Waiting[]): Map<string, TokenBatch> {
    const wanted = this.wantedNow();
    const tokens = new Map<string, TokenBatch>();
    const of = (tokenId: string): TokenBatch => {
      const known = tokens.get(tokenId);
      if (known) return known;
      const token = { asked: 0, wanted: 0, unused: 0, notes: this.notes.get(tokenId) ?? new Notes() };
      tokens.set(tokenId, token);
      this.notes.delete(tokenId);
      return token;
    };
    for (const { access } of batch) {
      this.endLease(access.tokenId);
      of(access.tokenId).asked += access.permits;
      of(access.tokenId).wanted = wanted(access.tokenId);
    }
    for (const [tokenId, unused] of this.ended) of(tokenId).unused = unused;
    this.ended.clear();
    return tokens;
  }

  /** Permits worth holding of a token: twice what it lately used in the time of a lease; none unless it is busy. */
  private wantedNow(): (tokenId: string) => number {
    const elapsed = performance.now() - this.countedSince;
    const counts = this.counts;
    if (elapsed >= LEASE_MS) {
      this.counts = new Map();
      this.countedSince += elapsed;
    }
    return (tokenId) => {
      const lately = ((counts.get(tokenId) ?? 0) * LEASE_MS) / Math.max(elapsed, LEASE_MS);
      return lately < BUSY ? 0 : Math.min(MAX_LEASE, Math.ceil(lately * 2));
    };
  }

  /** Hands the permits of each token to those who asked first, and keeps what was taken ahead. */
  private settle(batch: readonly Waiting[], rows: readonly ChargedRow[], startedAt: number): void {
    const tokens = new Map(rows.map((row) => [row.token_id, { row, left: row.granted }]));
    for (const { row } of tokens.values()) if (row.leased > 0) this.keep(row, startedAt);
    for (const waiting of batch) {
      const { access, done, fail } = waiting;
      const token = tokens.get(access.tokenId);
      if (!token) {
        fail(new Error('a token was charged that does not exist'));
        continue;
      }
      const granted = token.left >= access.permits;
      if (granted) token.left -= access.permits;
      if (!granted && token.row.pending) this.askAgain(waiting);
      else done(standing(token.row, token.left + token.row.leased, granted));
    }
  }

  /** The lease ends here well before other processes would call its holder dead: it is counted from before it was asked for. */
  private keep(row: ChargedRow, startedAt: number): void {
    const timer = setTimeout(() => this.endLease(row.token_id), LEASE_MS);
    timer.unref();
    this.leases.set(row.token_id, { left: row.leased, until: startedAt + LEASE_MS, row, timer });
  }

  /** Its notes are written already. */
  private askAgain({ access, done, fail }: Waiting): void {
    setTimeout(() => {
      this.waiting.push({ access: { ...access, notes: [] }, done, fail });
      this.wake();
    }, PENDING_MS);
  }
}

function copyOf(notes: Notes): Notes {
  const copy = new Notes();
  copy.merge(notes);
  return copy;
}

function standing(row: ChargedRow, left: number, granted: boolean): Charged {
  return {
    granted,
    limit: row.rate_limit_max,
    remaining: Math.max(0, row.rate_limit_max - row.used + left),
    resetAt: row.window_start.getTime() + WINDOW_MS,
    tokenRevision: Number(row.revision),
    catalogRevision: Number(row.catalog_revision),
  };
}
