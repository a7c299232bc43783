import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { LICENSE_TOKEN_TTL_SECONDS, signRevocationList, type Ed25519PrivateJwk } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CentralConfig } from '#config';
import { DatabaseListener } from '#database';
import { KeyRing } from '#signing';

/** Every minute: what changed is listed, and a list is signed anew when half of its life is over. */
export const publishRevocations = defineJob<object>('publish-revocations', { cron: '* * * * *' });

const CHANNEL = 'revocations';
const DAY_SECONDS = 24 * 3_600;
/** Life of a list: long enough for a shop that reaches the hub once a week. */
export const REVOCATION_LIST_TTL_SECONDS = 7 * DAY_SECONDS;
/** How long a license stays listed: by then its last token has lapsed, and the grace after it is over. */
const LISTED_SECONDS = LICENSE_TOKEN_TTL_SECONDS + 8 * DAY_SECONDS;

/** The signed list as it is served. */
export interface PublishedList {
  readonly sequence: number;
  readonly jws: string;
}

interface ListRow {
  readonly sequence: string;
  readonly jws: string;
  readonly issued_at: Date;
  readonly expires_at: Date;
}

/** Publishes the signed list of licenses that are revoked or suspended (licenses.md §3), and serves it from memory. */
@Injectable()
export class RevocationLists {
  private list: PublishedList | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly keyRing: KeyRing,
    listener: DatabaseListener,
  ) {
    listener.onNotify(CHANNEL, () => this.reload());
  }

  /** The list of now; the first question to a new hub makes the first one. */
  async current(): Promise<PublishedList> {
    if (!this.list) await this.reload();
    if (!this.list) await this.publish();
    return this.list!;
  }

  /** Signs a new list when a license came or went, or the last one has lived half of its life. Otherwise it changes nothing. */
  @OnJob(publishRevocations)
  async publish(): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      // One at a time: sequences are given in the order in which what they list was read.
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [CHANNEL]);
      const now = this.clock.now();
      const hasChanged = await this.noteChanges(tx, now);
      const [last]: ListRow[] = await tx.query('SELECT * FROM revocation_list WHERE id = 1');
      if (last && !hasChanged && !isHalfOver(last, now)) return;
      await this.sign(tx, last, now);
    });
    await this.reload();
  }

  /** Whether licenses came or went since the last time. What is listed counts from when it was seen, however late that was. */
  private async noteChanges(tx: EntityManager, now: Date): Promise<boolean> {
    const [{ changed }]: [{ changed: boolean }] = await tx.query(
      `WITH held AS (
         SELECT id, CASE WHEN revoked_at IS NOT NULL THEN 'revoked' ELSE 'suspended' END AS status
           FROM licenses WHERE revoked_at IS NOT NULL OR suspended_at IS NOT NULL),
       gone AS (DELETE FROM listed_licenses l WHERE NOT EXISTS (SELECT 1 FROM held WHERE held.id = l.license_id) RETURNING 1),
       come AS (INSERT INTO listed_licenses (license_id, status, listed_at)
                SELECT id, status, $1 FROM held
                 WHERE NOT EXISTS (SELECT 1 FROM listed_licenses l WHERE l.license_id = held.id AND l.status = held.status)
                ON CONFLICT (license_id) DO UPDATE SET status = excluded.status, listed_at = excluded.listed_at RETURNING 1)
       SELECT EXISTS (SELECT 1 FROM gone) OR EXISTS (SELECT 1 FROM come) AS changed`,
      [now],
    );
    return changed;
  }

  private async sign(tx: EntityManager, last: ListRow | undefined, now: Date): Promise<void> {
    const since = new Date(now.getTime() - LISTED_SECONDS * 1_000);
    const listed: { license_id: string; status: string }[] = await tx.query(
      'SELECT license_id, status FROM listed_licenses WHERE listed_at > $1 ORDER BY license_id',
      [since],
    );
    const ids = (wanted: string) => listed.filter(({ status }) => status === wanted).map(({ license_id: id }) => id);
    // Not lower than the clock, so that a database that was restored from a backup does not fall behind what shops have seen.
    const sequence = Math.max(Number(last?.sequence ?? 0) + 1, Math.floor(now.getTime() / 1_000));
    const { kid, privateJwk } = this.keyRing.active('revocations');
    const jws = await signRevocationList(
      {
        iss: this.config.hubUrl,
        sequence,
        revoked: ids('revoked'),
        suspended: ids('suspended'),
        ttlSeconds: REVOCATION_LIST_TTL_SECONDS,
      },
      { kid, privateJwk: privateJwk as unknown as Ed25519PrivateJwk },
      now,
    );
    const expiresAt = new Date(now.getTime() + REVOCATION_LIST_TTL_SECONDS * 1_000);
    await tx.query(
      `INSERT INTO revocation_list (id, sequence, jws, issued_at, expires_at) VALUES (1, $1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, jws = excluded.jws, issued_at = excluded.issued_at,
         expires_at = excluded.expires_at`,
      [sequence, jws, now, expiresAt],
    );
    await tx.query(`SELECT pg_notify($1, '')`, [CHANNEL]);
  }

  private async reload(): Promise<void> {
    const [row]: ListRow[] = await this.dataSource.query('SELECT sequence, jws FROM revocation_list WHERE id = 1');
    if (row) this.list = { sequence: Number(row.sequence), jws: row.jws };
  }
}

function isHalfOver({ issued_at: from, expires_at: to }: ListRow, now: Date): boolean {
  return now.getTime() >= (from.getTime() + to.getTime()) / 2;
}
