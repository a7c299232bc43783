import { Clock, defineJob, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { certificateJobKey, workOnCertificate } from './certificate-steps.js';
import { findForgotten, forgetPems } from './certificates.repository.js';

export const resumeCertificates = defineJob<object>('resume-certificates', { cron: '* * * * *', maxAttempts: 1 });
export const forgetCertificates = defineJob<object>('forget-certificates', { cron: '41 3 * * *', maxAttempts: 3 });

/** A try that should have been made this long ago and has no job gets one. */
const OVERDUE_MS = 120_000;
const BATCH = 500;
const DAY_MS = 24 * 3_600_000;

/** Rows say what is to be done and jobs do it. When a job is gone (a restored backup, a hand in the queue), the row wins. */
@Injectable()
export class LookAfterCertificates {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
  ) {}

  @OnJob(resumeCertificates)
  async resume(): Promise<void> {
    const overdue = new Date(this.clock.now().getTime() - OVERDUE_MS);
    await inTransaction(this.dataSource, async (tx) => {
      for (const certificateId of await findForgotten(tx, overdue, BATCH))
        await enqueue(tx, workOnCertificate, { certificateId }, { key: certificateJobKey(certificateId) });
    });
  }

  /** Forgets what was kept as long as was promised. A shop may ask for a certificate for 30 days (cpanel-market.md §1.8). */
  @OnJob(forgetCertificates)
  async forget(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.config.certificates.keepDays * DAY_MS);
    await inTransaction(this.dataSource, (tx) => forgetPems(tx, before));
  }
}
