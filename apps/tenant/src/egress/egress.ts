import { Clock } from '@hansa/platform';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Agent, fetch as undiciFetch, type RequestInit as UndiciInit } from 'undici';
import { EgressEntry } from './egress-entry.entity.js';
import { fieldNames } from './field-names.js';

/** The only way out of the shop: whatever is sent has a row in the ledger before its first byte leaves. */
@Injectable()
export class Egress implements OnModuleDestroy {
  private readonly agent = new Agent({ connect: { timeout: 10_000 } });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** `fetch` with a ledger. A row that cannot be written stops the request; a failed request keeps its row. */
  readonly fetch = (async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    if (init.body !== undefined && init.body !== null && typeof init.body !== 'string') {
      throw new TypeError('only text bodies leave the shop, so that the ledger can name their fields');
    }
    const startedAt = this.clock.now();
    const id = await this.record(new URL(input), init, startedAt);
    try {
      const response = await undiciFetch(input, { ...init, dispatcher: this.agent } as UndiciInit);
      await this.conclude(id, startedAt, { status: response.status });
      return response;
    } catch (error) {
      await this.conclude(id, startedAt, { failure: failureOf(error) });
      throw error;
    }
  }) as typeof fetch;

  /** Ends whatever is under way, so that a long poll does not hold up a stop. */
  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  private async record(url: URL, init: RequestInit, at: Date): Promise<string> {
    const body = init.body as string | undefined;
    const { identifiers } = await this.dataSource.manager.insert(EgressEntry, {
      at,
      method: init.method ?? 'GET',
      host: url.host,
      path: url.pathname,
      fields: fieldNames(url, new Headers(init.headers), body),
      bytes: Buffer.byteLength(body ?? ''),
    });
    return String(identifiers[0]?.['id']);
  }

  private async conclude(id: string, startedAt: Date, outcome: { status?: number; failure?: string }): Promise<void> {
    const durationMs = this.clock.now().getTime() - startedAt.getTime();
    await this.dataSource.manager.update(EgressEntry, { id }, { ...outcome, durationMs });
  }
}

/** The system's code for what went wrong (`ECONNREFUSED`), never a message, which may quote a URL. */
export function failureOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code.slice(0, 60);
  return cause instanceof Error ? cause.name : 'UNKNOWN';
}
