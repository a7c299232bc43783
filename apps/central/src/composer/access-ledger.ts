import { Clock } from '@hansa/platform';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';

/** What a token was used for; each is a row of `composer_accesses`, counted. */
export type AccessAction =
  'root' | 'metadata' | 'dist' | 'search' | 'list' | 'advisories' | 'install' | 'downloaded' | 'limited';

export interface Access {
  readonly tokenId: string;
  /** 1 when it counts against the hourly limit. */
  readonly permits: 0 | 1;
  readonly notes: readonly { readonly action: AccessAction; readonly subject: string }[];
  /** The version whose bytes were sent. */
  readonly downloaded?: string;
}

/** What the database said about a token when an access was charged to it. */
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

interface Waiting {
  readonly access: Access;
  readonly done: (charged: Charged) => void;
  readonly fail: (error: unknown) => void;
}

interface ChargedRow {
  readonly token_id: string;
  readonly used: number;
  readonly granted: number;
  readonly window_start: Date;
  readonly rate_limit_max: number;
  readonly revision: string;
  readonly catalog_revision: string;
}

export const WINDOW_MS = 3_600_000;
/** Accesses one statement takes; more wait for the next. */
const MAX_BATCH = 500;
/** Statements under way: while one is answered the next is collected and sent. */
const MAX_STATEMENTS = 2;

/**
 * One statement for everything that waits. The row of a token is locked by its update, so permits are handed out one after
 * the other over all processes; rows are taken in the order of their ids, so two batches never wait for each other in a ring.
 */
const CHARGE = `
  WITH asked AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS a (token_id, permits, requests, downloads)
  ), charged AS (
    INSERT INTO package_token_usage AS u (token_id, window_start, used, granted, last_used_at, requests, downloads)
    SELECT t.id, $5, least(a.permits, t.rate_limit_max), least(a.permits, t.rate_limit_max), $6, a.requests, a.downloads
      FROM asked a JOIN package_tokens t ON t.id = a.token_id ORDER BY t.id
    ON CONFLICT (token_id) DO UPDATE SET
      granted = least(excluded.granted, greatest(0, (SELECT rate_limit_max FROM package_tokens WHERE id = u.token_id)
        - CASE WHEN u.window_start >= excluded.window_start THEN u.used ELSE 0 END)),
      used = CASE WHEN u.window_start >= excluded.window_start THEN u.used ELSE 0 END
        + least(excluded.granted, greatest(0, (SELECT rate_limit_max FROM package_tokens WHERE id = u.token_id)
        - CASE WHEN u.window_start >= excluded.window_start THEN u.used ELSE 0 END)),
      window_start = greatest(u.window_start, excluded.window_start),
      last_used_at = greatest(u.last_used_at, excluded.last_used_at),
      requests = u.requests + excluded.requests,
      downloads = u.downloads + excluded.downloads
    RETURNING token_id, used, granted, window_start
  ), noted AS (
    INSERT INTO composer_accesses (at, token_id, action, subject, requests)
    SELECT $6, * FROM unnest($7::text[], $8::text[], $9::text[], $10::int[])
  ), tallied AS (
    INSERT INTO composer_downloads AS d (version_id, downloads)
    SELECT * FROM unnest($11::text[], $12::int[]) AS v (id, downloads) ORDER BY id
    ON CONFLICT (version_id) DO UPDATE SET downloads = d.downloads + excluded.downloads
  )
  SELECT c.*, t.rate_limit_max, t.revision, (SELECT revision FROM composer_revision) AS catalog_revision
    FROM charged c JOIN package_tokens t ON t.id = c.token_id`;

/**
 * Counts what tokens are used for, before the answer goes out: the hourly limit, the audit rows, the last use.
 *
 * Everything that arrives while a statement is under way shares the next one. So limits are exact at any concurrency and over
 * any number of processes, at a fraction of a statement a request, and no process holds permits that another could want.
 * Commits do not wait for the disk (`synchronous_commit=off`): a crash of PostgreSQL itself may forget the last half second of
 * counting; a crash of the hub forgets nothing that was answered.
 */
@Injectable()
export class AccessLedger implements OnApplicationShutdown {
  private readonly pool: pg.Pool;
  private waiting: Waiting[] = [];
  private underWay = 0;
  private woken = false;
  private idle: (() => void) | undefined;

  constructor(
    dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    const { url } = dataSource.options as { url: string };
    this.pool = new pg.Pool({
      connectionString: url,
      max: MAX_STATEMENTS,
      application_name: 'hansa-ledger',
      options: '-c synchronous_commit=off',
      connectionTimeoutMillis: 10_000,
    });
    this.pool.on('error', () => undefined); // a broken connection fails the statement that meets it
  }

  /** Charges an access and says where its token stands. The audit rows are written when this returns. */
  charge(access: Access): Promise<Charged> {
    return new Promise((done, fail) => {
      this.waiting.push({ access, done, fail });
      this.wake();
    });
  }

  /** Writes what is left and closes. The server has stopped by then. */
  async onApplicationShutdown(): Promise<void> {
    if (this.waiting.length > 0 || this.underWay > 0) {
      await new Promise<void>((done) => {
        this.idle = done;
        this.wake();
      });
    }
    await this.pool.end();
  }

  /** At the end of this turn of the event loop, so that requests which arrived together are charged together. */
  private wake(): void {
    if (this.woken || this.underWay === MAX_STATEMENTS || this.waiting.length === 0) return;
    this.woken = true;
    setImmediate(() => {
      this.woken = false;
      void this.send(this.waiting.splice(0, MAX_BATCH));
    });
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    this.underWay += 1;
    try {
      const { rows } = await this.pool.query<ChargedRow>({
        name: 'composer-charge',
        text: CHARGE,
        values: valuesOf(batch, this.clock.now()),
      });
      settle(batch, rows);
    } catch (error) {
      for (const { fail } of batch) fail(error);
    } finally {
      this.underWay -= 1;
      this.wake();
      if (this.underWay === 0 && this.waiting.length === 0) this.idle?.();
    }
  }
}

/** The parameters of `CHARGE`: one entry a token, one a kind of use, one a version. */
function valuesOf(batch: readonly Waiting[], now: Date): unknown[] {
  const tokens = new Map<string, { permits: number; requests: number; downloads: number }>();
  const notes = new Map<string, { tokenId: string; action: string; subject: string; requests: number }>();
  const versions = new Map<string, number>();
  for (const { access } of batch) {
    const { tokenId, permits, downloaded } = access;
    const token = tokens.get(tokenId) ?? { permits: 0, requests: 0, downloads: 0 };
    tokens.set(tokenId, token);
    token.permits += permits;
    token.requests += permits;
    if (downloaded !== undefined) {
      token.downloads += 1;
      versions.set(downloaded, (versions.get(downloaded) ?? 0) + 1);
    }
    for (const { action, subject } of access.notes) {
      const key = `${tokenId} ${action} ${subject}`;
      const note = notes.get(key) ?? { tokenId, action, subject, requests: 0 };
      notes.set(key, note);
      note.requests += 1;
    }
  }
  const counts = [...tokens.values()];
  const noted = [...notes.values()];
  return [
    [...tokens.keys()],
    counts.map(({ permits }) => permits),
    counts.map(({ requests }) => requests),
    counts.map(({ downloads }) => downloads),
    new Date(Math.floor(now.getTime() / WINDOW_MS) * WINDOW_MS),
    now,
    noted.map(({ tokenId }) => tokenId),
    noted.map(({ action }) => action),
    noted.map(({ subject }) => subject),
    noted.map(({ requests }) => requests),
    [...versions.keys()],
    [...versions.values()],
  ];
}

/** Hands the permits of each token to those who asked first. */
function settle(batch: readonly Waiting[], rows: readonly ChargedRow[]): void {
  const tokens = new Map(rows.map((row) => [row.token_id, { row, left: row.granted }]));
  for (const { access, done, fail } of batch) {
    const token = tokens.get(access.tokenId);
    if (!token) {
      fail(new Error('a token was charged that does not exist'));
      continue;
    }
    const { row } = token;
    const granted = token.left >= access.permits;
    if (granted) token.left -= access.permits;
    done({
      granted,
      limit: row.rate_limit_max,
      remaining: Math.max(0, row.rate_limit_max - row.used + token.left),
      resetAt: row.window_start.getTime() + WINDOW_MS,
      tokenRevision: Number(row.revision),
      catalogRevision: Number(row.catalog_revision),
    });
  }
}
