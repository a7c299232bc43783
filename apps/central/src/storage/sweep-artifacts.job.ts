import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { unownedSql } from './artifact-owners.js';
import { ArtifactStore } from './artifact-store.js';
import { DoomedArtifact } from './doomed-artifact.entity.js';

const sweepArtifacts = defineJob<object>('sweep-artifacts', { cron: '23 2 * * *', maxAttempts: 5 });

const HOUR_MS = 3_600_000;
/** What is doomed is spared this long at least: no upload takes longer from its last byte to its row. */
const SPARED_MS = HOUR_MS;
const BATCH = 5_000;

/** What a sweep did. */
export interface Sweep {
  readonly unfinished: number;
  readonly doomed: number;
  readonly removed: number;
}

/** Clears away what uploads have left behind: bytes that never became an artifact, and artifacts that never got a row. */
@Injectable()
export class SweepArtifactsJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly store: ArtifactStore,
  ) {}

  @OnJob(sweepArtifacts)
  async run(): Promise<void> {
    await this.sweep();
  }

  /**
   * An artifact goes in two sweeps: doomed in one, if it is old and no row names it, removed in a later one, if that is still
   * so. Killed anywhere, the next try goes on; twice at once is harmless.
   */
  async sweep(): Promise<Sweep> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - this.config.storage.orphanHours * HOUR_MS);
    const unfinished = await this.store.removeUnfinished(before);
    const removed = await this.removeDoomed(new Date(now.getTime() - SPARED_MS));
    return { unfinished, removed, doomed: await this.doom(before, now) };
  }

  private async doom(before: Date, now: Date): Promise<number> {
    let doomed = 0;
    let batch: string[] = [];
    for await (const { sha256, storedAt } of this.store.list()) {
      if (storedAt < before) batch.push(sha256);
      if (batch.length < BATCH) continue;
      doomed += await this.doomOrphans(batch, now);
      batch = [];
    }
    return doomed + (await this.doomOrphans(batch, now));
  }

  private async doomOrphans(digests: readonly string[], now: Date): Promise<number> {
    const rows = await this.dataSource.query<object[]>(
      `INSERT INTO doomed_artifacts (sha256, doomed_at, going) SELECT d.sha256, $2, false FROM unnest($1::text[]) AS d (sha256)
        WHERE ${unownedSql('d.sha256')} ON CONFLICT DO NOTHING RETURNING 1`,
      [digests, now],
    );
    return rows.length;
  }

  private async removeDoomed(before: Date): Promise<number> {
    const due = await this.dataSource.query<{ sha256: string }[]>(
      'SELECT sha256 FROM doomed_artifacts WHERE going OR doomed_at < $1 ORDER BY sha256',
      [before],
    );
    let removed = 0;
    for (const { sha256 } of due) {
      if (!(await this.letGo(sha256))) continue;
      await this.store.remove(sha256);
      await this.dataSource.manager.delete(DoomedArtifact, { sha256 });
      removed += 1;
    }
    return removed;
  }

  /** Passes the point of no return, unless an upload has struck the digest off or a row names it by now. */
  private async letGo(sha256: string): Promise<boolean> {
    return inTransaction(this.dataSource, async (tx) => {
      const [doomed] = await tx.query<{ going: boolean }[]>(
        'SELECT going FROM doomed_artifacts WHERE sha256 = $1 FOR UPDATE',
        [sha256],
      );
      if (!doomed) return false;
      const orphans = await tx.query<object[]>(`SELECT 1 WHERE ${unownedSql('$1')}`, [sha256]);
      if (orphans.length > 0) await tx.update(DoomedArtifact, { sha256 }, { going: true });
      else await tx.delete(DoomedArtifact, { sha256 });
      return orphans.length > 0;
    });
  }
}
