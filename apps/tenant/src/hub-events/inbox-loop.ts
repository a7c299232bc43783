import type { InboxItem } from '@hansa/contracts';
import { DomainError, type Logger } from '@hansa/platform';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LOGGER } from '#config';
import { HubService, RegistrationService } from '#hub';
import { HubEventsService } from './hub-events.service.js';

/** How long the hub may keep a question open. */
const WAIT_SECONDS = 25;
/** How often a shop that does not pull looks whether it should. */
const IDLE_MS = 2_000;
const BACK_OFF_MS = [1_000, 2_000, 5_000, 15_000, 60_000] as const;

/**
 * Fetches events from the hub's inbox when the hub cannot reach this shop (federation.md §2). Each item goes through the same
 * door as a webhook, signature and all, and is acknowledged when it has been taken.
 */
@Injectable()
export class InboxLoop implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly hub: HubService,
    private readonly registration: RegistrationService,
    private readonly events: HubEventsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Starts to fetch, in the process that does the jobs. */
  start(): void {
    if (this.hub.isConfigured) this.running ??= this.run();
  }

  /** Resolves when the loop has ended; an open question to the hub is dropped. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    let after = 0;
    while (!this.stopping.signal.aborted) {
      try {
        if ((await this.registration.deliveryMode()) !== 'pull') {
          await this.pause(IDLE_MS);
          continue;
        }
        after = await this.pull(after, WAIT_SECONDS);
        failures = 0;
      } catch (error) {
        this.logger.warn({ code: error instanceof DomainError ? error.code : 'UNEXPECTED' }, 'inbox could not be read');
        // From the start again: what was refused before may be acceptable by now.
        after = 0;
        await this.pause(BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]!);
        failures += 1;
      }
    }
  }

  /** Takes what waits after `after`, and says how far that was. An item that is refused stays at the hub, unacknowledged. */
  async pull(after: number, wait: number): Promise<number> {
    const token = await this.hub.token();
    const { items } = await this.hub.ask(
      (client) => client.inbox({ after, wait }, token, this.stopping.signal),
      this.stopping.signal,
    );
    const taken: string[] = [];
    for (const item of items) if (await this.take(item)) taken.push(item.delivery_id);
    if (taken.length > 0) {
      const proof = await this.hub.token();
      await this.hub.ask((client) => client.ack(taken, proof));
    }
    return items.reduce((last, { sequence }) => Math.max(last, sequence), after);
  }

  private async take({ headers, body, delivery_id: delivery }: InboxItem): Promise<boolean> {
    const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    try {
      await this.events.receive({ headers: lowerCase, body: Buffer.from(body) });
      return true;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.warn({ delivery, code: error.code }, 'inbox item refused');
      return false;
    }
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(finish, ms);
      signal.addEventListener('abort', finish, { once: true });
      function finish() {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        done();
      }
    });
  }
}
