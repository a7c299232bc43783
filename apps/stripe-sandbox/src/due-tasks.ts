import { setTimeout as wait } from 'node:timers/promises';
import { type FastifyBaseLogger } from 'fastify';
import { renewIfDue } from './billing/renew-subscription.js';
import { finishAdvance } from './billing/test-clocks.js';
import { settlePayment } from './checkout/pay-session.js';
import { expireIfDue } from './checkout/sessions.js';
import { abandon, outgoing, recordAttempt, send } from './events/deliver-event.js';
import { type Runtime } from './runtime.js';
import { type Task } from './store/task.js';
import { type Work } from './store/work.js';

/** How often to look when nothing is known to be due, and how long a task that failed is left alone. */
const LONGEST_WAIT_MS = 60_000;
const MOST_AT_ONCE = 32;

/**
 * Does what is due: expiry, delayed payments, renewals, clocks, webhook deliveries. A task is removed by the change that does it, so
 * whatever a killed process had begun the next one does; a delivery may then be sent twice, never not at all.
 */
export class DueTasks {
  private readonly running = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly runtime: Runtime,
    private readonly log: FastifyBaseLogger,
  ) {}

  /** Starts with what earlier runs left undone. */
  start(): void {
    this.runtime.store.onChange(() => this.lookIn(0));
    this.lookIn(0);
  }

  /** Stops at once. Deliveries under way are broken off and are still owed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.timer) clearTimeout(this.timer);
    await Promise.all(this.running.values());
  }

  private lookIn(ms: number): void {
    if (this.stopping.signal.aborted) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.min(ms, LONGEST_WAIT_MS));
  }

  private look(): void {
    const now = this.runtime.nowMs();
    const waiting = this.runtime.store.all('task').filter(({ id }) => !this.running.has(id));
    const due = waiting.filter(({ atMs }) => atMs <= now).sort((a, b) => a.atMs - b.atMs);
    const later = waiting.filter(({ atMs }) => atMs > now).map(({ atMs }) => atMs - now);
    this.lookIn(later.reduce((least, ms) => Math.min(least, ms), LONGEST_WAIT_MS));
    for (const task of due.slice(0, MOST_AT_ONCE - this.running.size)) {
      const done = this.attempt(task).finally(() => {
        this.running.delete(task.id);
        this.lookIn(0);
      });
      this.running.set(task.id, done);
    }
  }

  private async attempt(task: Task): Promise<void> {
    try {
      await this.run(task);
    } catch (error) {
      this.log.error({ err: error, task: task.id, kind: task.kind }, 'a task failed');
      await wait(LONGEST_WAIT_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async run(task: Task): Promise<void> {
    switch (task.kind) {
      case 'expire-checkout':
        return this.finish(task, (work) => expireIfDue(work, task.subject));
      case 'settle-payment':
        return this.finish(task, (work) => settlePayment(work, task.subject));
      case 'renew-subscription':
        return this.finish(task, (work) => renewIfDue(work, task.subject));
      case 'advance-clock':
        return this.finish(task, (work) => finishAdvance(work, task.subject));
      case 'deliver-event':
        return this.deliver(task);
    }
  }

  private async deliver(task: Task): Promise<void> {
    const { webhookTimeoutMs, retryMs } = this.runtime.config;
    const out = this.runtime.change((work) => outgoing(work, task.subject));
    if (!out) return this.finish(task, (work) => abandon(work, task.subject));
    const outcome = await send(out, webhookTimeoutMs, this.stopping.signal);
    if (this.stopping.signal.aborted) return;
    this.finish(task, (work) => recordAttempt(work, task.subject, outcome, retryMs));
  }

  private finish(task: Task, useCase: (work: Work) => void): void {
    this.runtime.change((work) => {
      work.store.delete('task', task.id);
      useCase(work);
    });
  }
}
