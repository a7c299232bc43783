import { Clock, defineJob, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { deliverWebhook, deliveryJobKey } from '#outbox';
import { handleStripeEvent, stripeEventJobKey } from './stripe-inbox.service.js';

export const resumeLostWork = defineJob('resume-lost-work', { cron: '* * * * *' });

/** Work that should have been done this long ago and has no job is looked after. */
const OVERDUE_SECONDS = 120;
const BATCH = 500;

/** The rows say what is to be done and jobs do it. When a job is gone (a restored backup, a hand in the queue), the row wins. */
@Injectable()
export class ResumeLostWorkJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Gives overdue deliveries and unhandled Stripe events a job. One that has a job, waiting, running or given up, keeps it. */
  @OnJob(resumeLostWork)
  async resume(): Promise<void> {
    const overdue = new Date(this.clock.now().getTime() - OVERDUE_SECONDS * 1_000);
    await inTransaction(this.dataSource, async (tx) => {
      const deliveries: { id: string }[] = await tx.query(
        `SELECT id FROM deliveries d WHERE status = 'pending' AND next_attempt_at < $1
            AND NOT EXISTS (SELECT 1 FROM graphile_worker.jobs j WHERE j.key = 'deliver:' || d.id)
          ORDER BY next_attempt_at LIMIT $2`,
        [overdue, BATCH],
      );
      for (const { id } of deliveries)
        await enqueue(tx, deliverWebhook, { deliveryId: id }, { key: deliveryJobKey(id) });
      const events: { id: string }[] = await tx.query(
        `SELECT id FROM stripe_events e WHERE handled_at IS NULL AND received_at < $1
            AND NOT EXISTS (SELECT 1 FROM graphile_worker.jobs j WHERE j.key = 'stripe:' || e.id)
          ORDER BY received_at LIMIT $2`,
        [overdue, BATCH],
      );
      for (const { id } of events)
        await enqueue(tx, handleStripeEvent, { eventId: id }, { key: stripeEventJobKey(id) });
    });
  }
}
