import { Clock, DomainError, enqueue, inTransaction, OnJob, type Logger } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { recordEvent } from '#audit';
import { LOGGER } from '#config';
import { AcquirePackage } from './acquire-package.js';
import { Faults } from './faults.js';
import { InstallJob } from './install-job.entity.js';
import { isFinal } from './install-steps.js';
import { PackageRefused, PackageUnavailable } from './installer.errors.js';
import { installKey, RUN_INSTALL } from './installer.service.js';
import { advance, JobMovedOn, type Ending } from './journal.js';
import { PackageLocks } from './package-lock.js';
import { RunRelease } from './run-release.js';

/** Tries before a job that meets trouble which may pass is given up. */
const MAX_ATTEMPTS = 5;

/** Takes a job from the step its journal names to the end, whoever began it. */
@Injectable()
export class RunInstallJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly acquire: AcquirePackage,
    private readonly release: RunRelease,
    private readonly locks: PackageLocks,
    private readonly faults: Faults,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Has every job that is not done taken up at once: those of a process that was killed wait for nobody. */
  async resume(): Promise<void> {
    const open = await this.dataSource.manager.findBy(InstallJob, { finishedAt: IsNull() });
    await inTransaction(this.dataSource, async (tx) => {
      for (const { id } of open) await enqueue(tx, RUN_INSTALL, { jobId: id }, { key: installKey(id) });
    });
  }

  @OnJob(RUN_INSTALL)
  async run({ jobId }: { jobId: string }): Promise<void> {
    const { marketplaceId } = await this.dataSource.manager.findOneByOrFail(InstallJob, { id: jobId });
    await this.locks.hold(marketplaceId, async () => {
      await this.dataSource.manager.increment(InstallJob, { id: jobId }, 'attempts', 1);
      this.faults.at('job.taken', marketplaceId);
      try {
        while (await this.takeStep(jobId));
      } catch (error) {
        if (!(error instanceof JobMovedOn)) throw error;
      }
    });
  }

  /** Does one step and says whether another follows. Killed at any point, the same step is done again. */
  async takeStep(jobId: string): Promise<boolean> {
    const job = await this.dataSource.manager.findOneByOrFail(InstallJob, { id: jobId });
    if (isFinal(job.step)) return false;
    try {
      return !isFinal((await this.next(job)).step);
    } catch (error) {
      const ending = endingFor(error, job.attempts);
      if (!ending) throw error;
      if (ending.code === 'UNEXPECTED') this.logger.error({ err: error, job: jobId }, 'install given up');
      await this.end(job, ending);
      return false;
    }
  }

  private async next(job: InstallJob): Promise<InstallJob> {
    switch (job.step) {
      case 'requested':
        return this.acquire.fetch(job);
      case 'fetched':
        return this.acquire.verify(job);
      case 'verified':
        return this.release.stage(job);
      case 'staged':
        return this.release.switch(job);
      case 'switched':
        return this.release.conclude(job);
      case 'healthy':
      case 'rolled_back':
      case 'failed':
        return job;
    }
  }

  private async end(job: InstallJob, ending: Ending): Promise<void> {
    if (job.step === 'switched') return this.release.rollBack(job, ending);
    await this.release.clearAway(job);
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const { marketplaceId, version } = job;
      await recordEvent(tx, at, 'plugin.failed', { marketplace_id: marketplaceId, version, code: ending.code });
      await advance(tx, job, 'failed', at, ending);
    });
  }
}

/** How a job ends because of an error; null when it should be tried again. */
export function endingFor(error: unknown, attempts: number): Ending | null {
  if (error instanceof JobMovedOn) return null;
  if (error instanceof PackageRefused) return { code: error.code, message: error.message };
  const mayPass = !(error instanceof DomainError) || ['unavailable', 'rate_limited'].includes(error.refusal.kind);
  if (mayPass && attempts < MAX_ATTEMPTS) return null;
  if (error instanceof DomainError) return { code: String(error.code), message: error.message };
  if (error instanceof PackageUnavailable) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: 'Something went wrong on our side.' };
}
