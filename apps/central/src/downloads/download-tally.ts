import { defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bumpRevision } from '#catalog';

/** How long counts wait in memory; a process that is killed loses no more than these. */
const FLUSH_MS = 10_000;

export const rollUpDownloads = defineJob('roll-up-downloads', { cron: '41 * * * *' });

/**
 * Counts downloads without a write per download: in memory, then added to `download_tallies`, then hourly to the packages,
 * which moves the catalog once.
 */
@Injectable()
export class DownloadTally implements OnModuleInit, OnModuleDestroy {
  private counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly dataSource: DataSource) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush().catch(() => undefined), FLUSH_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  count(packageId: string): void {
    this.counts.set(packageId, (this.counts.get(packageId) ?? 0) + 1);
  }

  /** Adds what was counted. Counts that cannot be written stay for the next time. */
  async flush(): Promise<void> {
    const counted = this.counts;
    if (counted.size === 0) return;
    this.counts = new Map();
    try {
      await this.dataSource.query(
        `INSERT INTO download_tallies (package_id, downloads)
         SELECT * FROM unnest($1::text[], $2::int[]) AS counted (package_id, downloads) ORDER BY package_id
         ON CONFLICT (package_id) DO UPDATE SET downloads = download_tallies.downloads + EXCLUDED.downloads`,
        [[...counted.keys()], [...counted.values()]],
      );
    } catch (error) {
      for (const [id, downloads] of counted) this.counts.set(id, (this.counts.get(id) ?? 0) + downloads);
      throw error;
    }
  }

  /** Moves the tallies to what the feed shows. Run twice, it moves nothing the second time. */
  @OnJob(rollUpDownloads)
  async rollUp(): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const taken: { package_id: string; downloads: number }[] = await tx
        .query('DELETE FROM download_tallies RETURNING package_id, downloads')
        .then(([rows]: [{ package_id: string; downloads: number }[], number]) => rows);
      if (taken.length === 0) return;
      await tx.query(
        `UPDATE packages SET downloads = packages.downloads + taken.downloads
           FROM unnest($1::text[], $2::int[]) AS taken (package_id, downloads) WHERE packages.id = taken.package_id`,
        [taken.map(({ package_id: id }) => id), taken.map(({ downloads }) => downloads)],
      );
      await bumpRevision(
        tx,
        taken.map(({ package_id: id }) => id),
      );
    });
  }
}
