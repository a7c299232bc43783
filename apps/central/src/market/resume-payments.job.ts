import { defineJob, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { followPurchase } from '#checkout';
import { findLeftBehind } from './market-orders.repository.js';

export const resumePayments = defineJob<object>('resume-market-payments', { cron: '* * * * *', maxAttempts: 1 });

const BATCH = 500;

/** Orders and certificates say where a payment stands, and jobs bring it on. When a job is gone, the rows win. */
@Injectable()
export class ResumePayments {
  constructor(private readonly dataSource: DataSource) {}

  @OnJob(resumePayments)
  async resume(): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      for (const purchaseId of await findLeftBehind(tx, BATCH))
        await enqueue(tx, followPurchase, { purchaseId }, { key: `follow:${purchaseId}` });
    });
  }
}
