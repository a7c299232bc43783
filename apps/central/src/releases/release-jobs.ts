import { Clock, DomainError, inTransaction, OnJob } from '@hansa/platform';
import type { ReleaseFinding } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublishersService } from '#accounts';
import { CatalogIndex } from '#catalog';
import { CentralConfig } from '#config';
import { ArtifactStore } from '#storage';
import { advance } from './advance.js';
import { checkRelease } from './check-release.job.js';
import { checkBytes, checkContents, checkSignature } from './checks/integrity.js';
import { staticScan } from './checks/static-scan.js';
import { publishRelease } from './publish-release.job.js';
import { readPackage } from './read-package.js';
import { findRelease, lockRelease, type ReleaseOfPackage } from './releases.repository.js';

const ACTOR = 'system';

/** What happens to releases between the requests of people. */
@Injectable()
export class ReleaseJobs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly store: ArtifactStore,
    private readonly publishers: PublishersService,
    private readonly index: CatalogIndex,
  ) {}

  /** Checks outside any transaction, then moves the release: into review, or out when a check found an error. */
  @OnJob(checkRelease)
  async check({ releaseId }: { releaseId: string }): Promise<void> {
    const found = await findRelease(this.dataSource.manager, releaseId);
    if (found?.release.status !== 'submitted') return;
    const findings = await this.findingsOf(found);
    const verdict = findings.some(({ severity }) => severity === 'error') ? 'rejected' : 'in_review';
    await inTransaction(this.dataSource, async (tx) => {
      const { release } = await lockRelease(tx, releaseId);
      if (release.status !== 'submitted') return;
      await advance(tx, release, verdict, { actor: ACTOR, at: this.clock.now(), changes: { findings } });
    });
  }

  @OnJob(publishRelease)
  async publish({ releaseId }: { releaseId: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const { release } = await lockRelease(tx, releaseId);
      if (release.status !== 'approved') return;
      const at = this.clock.now();
      await advance(tx, release, 'published', { actor: ACTOR, at, changes: { publishedAt: at } });
    });
    await this.index.refresh();
  }

  private async findingsOf({ release, package: owner }: ReleaseOfPackage): Promise<ReleaseFinding[]> {
    const copy = await this.store.localCopy(release.sha256);
    try {
      const unbelievable = [
        ...(await checkBytes(copy.path, release)),
        ...(await checkSignature(release, owner.marketplaceId, (kid) =>
          this.publishers.findKey(owner.publisherId, kid),
        )),
      ];
      if (unbelievable.length > 0) return unbelievable;
      const { archive } = await readPackage(copy.path, { maxPackedBytes: this.config.releases.maxPackageBytes });
      const damaged = await checkContents(archive);
      return damaged.length > 0 ? damaged : await staticScan(archive);
    } catch (cause) {
      if (!(cause instanceof DomainError)) throw cause;
      return [{ check: 'manifest', severity: 'error', message: (cause as DomainError).code }];
    } finally {
      await copy.done();
    }
  }
}
