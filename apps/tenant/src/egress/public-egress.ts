import { Clock, Outbound, OutboundRefused } from '@hansa/platform';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EgressEntry } from './egress-entry.entity.js';
import { failureOf } from './egress.js';
import { fieldNames } from './field-names.js';
import { readPublicUrl } from './public-url.js';

/** Injection token: whether private addresses may be called. */
export const ALLOW_PRIVATE = Symbol('allow-private');

export interface PublicRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whole exchange. */
  readonly timeoutMs: number;
}

/** What came of it. `status` is null when no answer came, and `failure` says why. */
export interface PublicAnswer {
  readonly status: number | null;
  readonly failure: string | null;
  readonly durationMs: number;
}

/** More of an answer is not read. */
const MAX_ANSWER_BYTES = 2_048;

/**
 * The way out to addresses that people typed in. Like every way out it has a row in the ledger before its first byte leaves; and it
 * goes to no private address, checked where the connection is made, so that a name cannot be looked up to one thing and called as
 * another. Redirects are answers like any other.
 */
@Injectable()
export class PublicEgress implements OnModuleDestroy {
  private readonly outbound: Outbound;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(ALLOW_PRIVATE) private readonly allowPrivate: boolean,
  ) {
    this.outbound = new Outbound({ allowPrivate });
  }

  /** The address as it will be called, or null when it is none to be called. */
  read(url: string): string | null {
    return readPublicUrl(url, this.allowPrivate);
  }

  async onModuleDestroy(): Promise<void> {
    await this.outbound.close();
  }

  /** Sends JSON. Every way to fail is an answer, except a ledger that cannot be written: then nothing is sent. */
  async post({ url, headers, body, timeoutMs }: PublicRequest): Promise<PublicAnswer> {
    const startedMs = performance.now();
    const id = await this.record(new URL(url), headers, body);
    const outcome = await this.send({ url, headers, body, timeoutMs });
    const answer = { ...outcome, durationMs: Math.round(performance.now() - startedMs) };
    await this.dataSource.manager.update(EgressEntry, { id }, answer);
    return answer;
  }

  private async send({ url, headers, body, timeoutMs }: PublicRequest): Promise<Omit<PublicAnswer, 'durationMs'>> {
    try {
      const request = { method: 'POST', headers, body, timeoutMs, maxBytes: MAX_ANSWER_BYTES };
      const { status } = await this.outbound.request(url, request);
      return { status, failure: null };
    } catch (error) {
      return { status: null, failure: isRefusal(error) ? 'ADDRESS_REFUSED' : failureOf(error) };
    }
  }

  private async record(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
    const { identifiers } = await this.dataSource.manager.insert(EgressEntry, {
      at: this.clock.now(),
      method: 'POST',
      host: url.host,
      path: url.pathname,
      fields: fieldNames(url, new Headers(headers), body),
      bytes: Buffer.byteLength(body),
    });
    return String(identifiers[0]?.['id']);
  }
}

/** The refusal may come wrapped in the error of the connection it stopped. */
function isRefusal(error: unknown): boolean {
  return error instanceof OutboundRefused || (error instanceof Error && error.cause instanceof OutboundRefused);
}
