import { Clock, enqueue, inTransaction, OnJob, Writes } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { Instance } from '#instances';
import { OutboxService, type News } from '#outbox';
import { announceJob } from './announce.js';
import { Announcement } from './announcement.entity.js';

/** Instances a transaction: short ones, so that the events of a purchase do not wait behind a recall. */
const BATCH = 200;

@Injectable()
export class AnnounceJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly outbox: OutboxService,
  ) {}

  /** Tells the next instances. The row remembers how far it is, so running twice or dying in between tells nobody twice. */
  @OnJob(announceJob)
  async tell({ announcementId: id }: { announcementId: string }): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const found = await tx.findOne(Announcement, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!found || found.doneAt) return;
      const { type, body, toldUpTo } = found;
      const next = await tx.find(Instance, {
        select: { id: true },
        where: { id: MoreThan(toldUpTo) },
        order: { id: 'ASC' },
        take: BATCH,
      });
      const last = next.at(-1)?.id ?? toldUpTo;
      if (next.length < BATCH) await tx.update(Announcement, { id }, { toldUpTo: last, doneAt: this.clock.now() });
      else {
        await tx.update(Announcement, { id }, { toldUpTo: last });
        await enqueue(tx, announceJob, { announcementId: id });
      }
      const writes = new Writes(tx);
      this.outbox.recordEvents(
        writes,
        next.map(({ id: instanceId }) => ({ type, instanceId, body }) as News),
      );
      await writes.send();
    });
  }
}
