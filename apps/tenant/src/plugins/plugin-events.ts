import type { Logger } from '@hansa/platform';
import type { JsonValue } from '@hansa/plugin-sdk';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER } from '#config';
import { PluginRuntime } from './plugin-runtime.js';

interface EventRow {
  /** A `bigint`, as text. */
  readonly id: string;
  readonly name: string;
  readonly data: Record<string, JsonValue>;
}

const LOOK_MS = 1_000;
/** Numbers are given when an event is written and seen when it commits: an earlier one may come after a later one. */
const LOOK_BACK = 500;

/**
 * Tells running plugins what happens in the shop, in the process that runs them, whichever process wrote it down. An event is told
 * once, to the plugins that run at that moment; one that is down misses it.
 */
@Injectable()
export class PluginEvents implements OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private newest = 0;
  private readonly seen = new Set<number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly runtime: PluginRuntime,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Tells what happens from here on. */
  async startTelling(): Promise<void> {
    const [row]: { newest: string | null }[] = await this.dataSource.query('SELECT max(id) AS newest FROM shop_events');
    this.newest = Number(row?.newest ?? 0);
    for (const { id } of await this.unseen()) this.remember(Number(id));
    const look = async () => {
      await this.tellNew().catch((err: unknown) => this.logger.error({ err }, 'plugins not told of events'));
      this.timer = this.timer && setTimeout(() => void look(), LOOK_MS);
    };
    this.timer = setTimeout(() => void look(), LOOK_MS);
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async tellNew(): Promise<void> {
    for (const { id, name, data } of await this.unseen()) {
      this.remember(Number(id));
      this.runtime.tellAll(name, data);
    }
  }

  private async unseen(): Promise<EventRow[]> {
    return this.dataSource.query(
      'SELECT id, name, data FROM shop_events WHERE id > $1 AND NOT (id = ANY ($2)) ORDER BY id',
      [this.newest - LOOK_BACK, [...this.seen]],
    );
  }

  private remember(id: number): void {
    this.seen.add(id);
    this.newest = Math.max(this.newest, id);
    for (const old of this.seen) if (old <= this.newest - 2 * LOOK_BACK) this.seen.delete(old);
  }
}
