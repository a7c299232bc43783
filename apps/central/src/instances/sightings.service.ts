import { Clock, inTransaction, OnJob, defineJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { InstanceError } from './instances.errors.js';
import { isInTwoPlaces, networkOf } from './two-places.js';

export const forgetSightings = defineJob<object>('forget-instance-sightings', { cron: '37 * * * *' });

const DAY_MS = 24 * 3_600_000;
/** A year of days, and some to compare it with. */
const DAYS_KEPT = 400;
/** An instance that calls from where it called a moment ago costs no statement. */
const REMEMBERED = { max: 50_000, ttl: 60_000 };

export interface CloneRow {
  readonly instance_id: string;
  readonly base_url: string;
  readonly flagged_at: Date;
  readonly seen_at: Date;
  /** Networks it called from. */
  readonly places: string[];
}

/**
 * Notes from where instances call, and flags an identity that is active in two places. It is never cut off for that: a restored
 * backup and a shop behind two lines look alike, so a person decides.
 */
@Injectable()
export class Sightings {
  private readonly last = new LRUCache<string, string>(REMEMBERED);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Call with whoever proved to hold the instance's key: others must not be able to bring a shop under suspicion. */
  async note(instanceId: string, address: string): Promise<void> {
    const place = networkOf(address);
    // Shops with both kinds of addresses use now one, now the other: each kind is looked at by itself.
    const family = place.includes(':') ? 6 : 4;
    const key = `${family}|${instanceId}`;
    if (this.last.get(key) === place) return;
    await inTransaction(this.dataSource, async (tx) => {
      await this.noteDay(tx, instanceId);
      await this.record(tx, { instanceId, family, place });
    });
    this.last.set(key, place);
  }

  /** Identities that were active in two places and that nobody has looked at since, latest first. */
  async listClones(): Promise<CloneRow[]> {
    return this.dataSource.query(
      `SELECT c.instance_id, i.base_url, c.flagged_at, c.seen_at, c.places FROM instance_clones c
         JOIN instances i ON i.id = c.instance_id WHERE c.dismissed_at IS NULL ORDER BY c.seen_at DESC, c.instance_id LIMIT 1000`,
    );
  }

  /** Takes an identity off the list; it comes back only for what is seen from here on. @throws {InstanceError} CLONE_UNKNOWN */
  async dismiss(instanceId: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const [, count]: [object[], number] = await tx.query(
        'UPDATE instance_clones SET dismissed_at = $2 WHERE instance_id = $1 AND dismissed_at IS NULL',
        [instanceId, at],
      );
      if (count === 0) throw new InstanceError('CLONE_UNKNOWN');
      await recordAudit(tx, { at, actor, action: 'instance.clone_dismissed', subject: instanceId });
    });
    for (const family of [4, 6]) this.last.delete(`${family}|${instanceId}`);
  }

  @OnJob(forgetSightings)
  async forget(): Promise<void> {
    const now = this.clock.now().getTime();
    await this.dataSource.query('DELETE FROM instance_sightings WHERE seen_at < $1', [new Date(now - DAY_MS)]);
    const before = new Date(now - DAYS_KEPT * DAY_MS).toISOString().slice(0, 10);
    await this.dataSource.query('DELETE FROM instance_days WHERE day < $1', [before]);
  }

  /** The UTC day on which an instance called, once. */
  private async noteDay(tx: EntityManager, instanceId: string): Promise<void> {
    const day = this.clock.now().toISOString().slice(0, 10);
    await tx.query('INSERT INTO instance_days (day, instance_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      day,
      instanceId,
    ]);
  }

  private async record(
    tx: EntityManager,
    { instanceId, family, place }: { readonly instanceId: string; readonly family: 4 | 6; readonly place: string },
  ): Promise<void> {
    const at = this.clock.now();
    // One call of an instance at a time: where it was before is what the next one is compared with.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`sighting:${instanceId}`]);
    const [row]: { places: string[] }[] = await tx.query(
      `SELECT coalesce(array_agg(s.place ORDER BY s.id), '{}') AS places FROM instance_sightings s
        WHERE s.instance_id = $1 AND s.family = $2 AND s.seen_at > greatest($3::timestamptz,
          coalesce((SELECT dismissed_at FROM instance_clones WHERE instance_id = $1), '-infinity'))`,
      [instanceId, family, new Date(at.getTime() - DAY_MS)],
    );
    const before = row!.places;
    if (before.at(-1) === place) return;
    await tx.query('INSERT INTO instance_sightings (instance_id, family, place, seen_at) VALUES ($1, $2, $3, $4)', [
      instanceId,
      family,
      place,
      at,
    ]);
    const places = [...before, place];
    if (isInTwoPlaces(places)) await this.flag(tx, instanceId, [...new Set(places)], at);
  }

  private async flag(tx: EntityManager, instanceId: string, places: string[], at: Date): Promise<void> {
    const [row]: { is_new: boolean }[] = await tx.query(
      `INSERT INTO instance_clones AS c (instance_id, flagged_at, seen_at, places) VALUES ($1, $2, $2, $3)
       ON CONFLICT (instance_id) DO UPDATE SET seen_at = excluded.seen_at, places = excluded.places,
         flagged_at = CASE WHEN c.dismissed_at IS NULL THEN c.flagged_at ELSE excluded.flagged_at END, dismissed_at = NULL
       RETURNING flagged_at = $2 AS is_new`,
      [instanceId, at, places],
    );
    if (!row!.is_new) return;
    await recordAudit(tx, {
      at,
      actor: 'system',
      action: 'instance.seen_twice',
      subject: instanceId,
      data: { places },
    });
  }
}
