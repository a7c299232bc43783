import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseListener } from '#database';

type Wake = (isNews: boolean) => void;

export interface Waiting {
  /** True when something may have come, false when the time is over, the wait was stopped or the process ends. */
  readonly woken: Promise<boolean>;
  stop(): void;
}

/** Polls of inboxes that are held open in this process, and what wakes them: a notification from whoever records an event. */
@Injectable()
export class InboxWaiters implements OnModuleDestroy {
  private readonly waiting = new Map<string, Set<Wake>>();
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    listener: DatabaseListener,
  ) {
    listener.onNotify('inbox', () => this.wakeThoseWithNews());
  }

  onModuleDestroy(): void {
    this.stopped = true;
    for (const wakes of [...this.waiting.values()]) for (const wake of [...wakes]) wake(false);
  }

  /** Instances whose polls are held open here. */
  countWaiting(): number {
    return this.waiting.size;
  }

  /** Begins to wait for news of an instance, for `ms` at most. Whoever begins also ends: `stop` may be called any time. */
  wait(instanceId: string, ms: number): Waiting {
    if (ms <= 0 || this.stopped) return { woken: Promise.resolve(false), stop: () => undefined };
    const wakes = this.waiting.get(instanceId) ?? new Set();
    let wake: Wake = () => undefined;
    const woken = new Promise<boolean>((done) => {
      const timer = setTimeout(() => wake(false), ms);
      wake = (isNews) => {
        clearTimeout(timer);
        wakes.delete(wake);
        if (wakes.size === 0 && this.waiting.get(instanceId) === wakes) this.waiting.delete(instanceId);
        done(isNews);
      };
    });
    this.waiting.set(instanceId, wakes.add(wake));
    return { woken, stop: () => wake(false) };
  }

  /** One question for all who wait here, so that an event for one shop does not make every other one ask. */
  private async wakeThoseWithNews(): Promise<void> {
    const ids = [...this.waiting.keys()];
    if (ids.length === 0) return;
    const rows: { instance_id: string }[] = await this.dataSource.query(
      `SELECT DISTINCT instance_id FROM deliveries WHERE instance_id = ANY($1) AND status <> 'delivered'`,
      [ids],
    );
    for (const { instance_id: id } of rows) for (const wake of [...(this.waiting.get(id) ?? [])]) wake(true);
  }
}
