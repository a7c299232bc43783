import { Clock, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CatalogIndex } from '#catalog';
import { Mails } from '#mail';
import { advance } from './advance.js';
import { publishRelease } from './publish-release.job.js';
import { lockRelease } from './releases.repository.js';

const ACTOR = 'system';

/** What happens to releases after they were approved. */
@Injectable()
export class ReleaseJobs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
    private readonly index: CatalogIndex,
  ) {}

  @OnJob(publishRelease)
  async publish({ releaseId }: { releaseId: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const { release } = await lockRelease(tx, releaseId);
      if (release.status !== 'approved') return;
      const at = this.clock.now();
      await advance(tx, this.mails, release, 'published', { actor: ACTOR, at, changes: { publishedAt: at } });
    });
    await this.index.refresh();
  }
}
