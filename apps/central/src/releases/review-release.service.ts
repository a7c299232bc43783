import type { ReleaseStatus } from '@hansa/contracts';
import { Clock, enqueue, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CatalogIndex } from '#catalog';
import { advance, type Step } from './advance.js';
import { publishRelease } from './publish-release.job.js';
import { ReleaseError } from './releases.errors.js';
import { listReleases, lockRelease, type ReleaseOfPackage } from './releases.repository.js';

/** What operators decide about releases. Every method throws {ReleaseError} RELEASE_NOT_FOUND or STEP_NOT_ALLOWED. */
@Injectable()
export class ReviewReleaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly index: CatalogIndex,
  ) {}

  async list(status: ReleaseStatus | undefined, page: { limit: number; offset: number }) {
    return listReleases(this.dataSource.manager, status, page);
  }

  /** Approves; a job publishes. */
  async approve(id: string, note: string | null, actor: string): Promise<ReleaseOfPackage> {
    return this.step(id, 'approved', actor, { reviewNote: note }, (tx) =>
      enqueue(tx, publishRelease, { releaseId: id }),
    );
  }

  /** Refuses for good: the version is used up. */
  async reject(id: string, note: string, actor: string): Promise<ReleaseOfPackage> {
    return this.step(id, 'rejected', actor, { reviewNote: note });
  }

  /** Hands the release back; it returns when the publisher submits it again. */
  async requestChanges(id: string, note: string, actor: string): Promise<ReleaseOfPackage> {
    return this.step(id, 'changes_requested', actor, { reviewNote: note });
  }

  /** Takes a published release away from shops that do not have it. */
  async yank(id: string, reason: string, actor: string): Promise<ReleaseOfPackage> {
    return this.step(id, 'yanked', actor, { yankedAt: this.clock.now(), yankedReason: reason });
  }

  /** Brings a yanked release back. */
  async unyank(id: string, actor: string): Promise<ReleaseOfPackage> {
    return this.step(id, 'published', actor, { yankedAt: null, yankedReason: null }, async (_tx, { release }) => {
      // `approved` leads to `published` too, and that is the job's step.
      if (release.status !== 'yanked') throw new ReleaseError('STEP_NOT_ALLOWED', { status: release.status });
    });
  }

  private async step(
    id: string,
    to: ReleaseStatus,
    actor: string,
    changes: Step['changes'] & object,
    before: (tx: EntityManager, found: ReleaseOfPackage) => Promise<void> = async () => undefined,
  ): Promise<ReleaseOfPackage> {
    const stepped = await inTransaction(this.dataSource, async (tx) => {
      const found = await lockRelease(tx, id);
      await before(tx, found);
      await advance(tx, found.release, to, { actor, at: this.clock.now(), changes });
      return found;
    });
    await this.index.refresh();
    return stepped;
  }
}
