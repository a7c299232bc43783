import { Clock, DomainError, inTransaction, OnJob, type Logger } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER } from '#config';
import { InstallJob } from './install-job.entity.js';
import { isFinal } from './install-steps.js';
import { InstallWork } from './install-work.js';
import { PackageRefused, PackageUnavailable } from './installer.errors.js';
import { advance, JobMovedOn } from './journal.js';
import { RUN_INSTALL } from './installer.service.js';

/** Tries before a job that meets trouble which may pass is given up. */
const MAX_ATTEMPTS = 5;

/** Takes a job from the step its journal names to the end, whoever began it. */
@Injectable()
export class RunInstallJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly work: InstallWork,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @OnJob(RUN_INSTALL)
  async run({ jobId }: { jobId: string }): Promise<void> {
    await this.dataSource.manager.increment(InstallJob, { id: jobId }, 'attempts', 1);
    try {
      while (await this.takeStep(jobId));
    } catch (error) {
      if (error instanceof JobMovedOn) return;
      throw error;
    }
  }

  /** Does one step and says whether another follows. Killed at any point, the same step is done again. */
  async takeStep(jobId: string): Promise<boolean> {
    const job = await this.dataSource.manager.findOneByOrFail(InstallJob, { id: jobId });
    if (isFinal(job.step)) return false;
    try {
      return !isFinal((await this.work.next(job)).step);
    } catch (error) {
      const ending = endingFor(error, job.attempts);
      if (!ending) throw error;
      if (ending.code === 'UNEXPECTED') this.logger.error({ err: error, job: jobId }, 'install given up');
      await this.end(job, ending);
      return false;
    }
  }

  private async end(job: InstallJob, ending: Ending): Promise<void> {
    if (job.step === 'switched') return this.work.rollBack(job, ending);
    await this.work.clearAway(job);
    await inTransaction(this.dataSource, (tx) => advance(tx, job, 'failed', this.clock.now(), ending));
  }
}

export interface Ending {
  readonly code: string;
  readonly message: string;
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
