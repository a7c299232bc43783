import type { Duplex } from 'node:stream';
import { Channel } from './channel.js';
import { PluginError, type PluginErrorCode } from './plugin-error.js';

/** Calls one side may have open at the other. */
const MAX_OPEN_CALLS = 256;
const MAX_ERROR_LENGTH = 500;

export interface PeerOptions {
  /** Does the work of a call from the other side. What it throws travels back as PLUGIN_FAILED, or its own code. */
  serve(op: string, args: unknown): Promise<unknown>;
  /** Takes a message that wants no answer. */
  note(op: string, args: unknown): void;
  closed(violation?: string): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** Calls with answers over a channel, in both directions. Each call has a time limit; nothing waits for ever. */
export class Peer {
  private readonly channel: Channel;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private serving = 0;
  private idle: (() => void) | undefined;

  constructor(
    stream: Duplex,
    private readonly options: PeerOptions,
  ) {
    this.channel = new Channel(stream, {
      message: (value) => this.receive(value),
      closed: (violation) => options.closed(violation),
    });
  }

  /** @throws {PluginError} PLUGIN_TIMEOUT, PLUGIN_BUSY, PLUGIN_MESSAGE_TOO_LARGE, PLUGIN_CRASHED or what the other side says */
  call(op: string, args: object, timeoutMs: number): Promise<unknown> {
    if (this.pending.size >= MAX_OPEN_CALLS) return Promise.reject(busy());
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new PluginError('PLUGIN_TIMEOUT', `No answer to ${op} within ${timeoutMs} ms.`));
      }, timeoutMs);
      this.pending.set(id, { resolve, reject, timer });
      const refusal = refusalOf(this.channel.send({ t: 'call', id, op, args }));
      if (refusal) this.settle(id)?.reject(refusal);
    });
  }

  note(op: string, args: object): void {
    this.channel.send({ t: 'note', op, args });
  }

  /** Ends every open call with `error`. */
  abandon(error: PluginError): void {
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(error);
  }

  end(done: () => void): void {
    this.channel.end(done);
  }

  /** Resolves when no call from the other side is being worked on. */
  drained(): Promise<void> {
    if (this.serving === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.idle = resolve;
    });
  }

  private receive(value: unknown): void {
    const message = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    const { t, id, op, args } = message;
    if (t === 'note' && typeof op === 'string') return this.options.note(op, args);
    if (!Number.isSafeInteger(id)) return;
    if (t === 'call' && typeof op === 'string') void this.work(id as number, op, args);
    if (t === 'ok') this.settle(id as number)?.resolve(message['value']);
    if (t === 'error') this.settle(id as number)?.reject(readError(message));
  }

  private async work(id: number, op: string, args: unknown): Promise<void> {
    this.serving += 1;
    // A side that asks faster than it is answered is not read until there is room again.
    if (this.serving === MAX_OPEN_CALLS) this.channel.pause();
    const reply = await this.options.serve(op, args).then(
      (value) => ({ t: 'ok', id, value }),
      (error: unknown) => ({ t: 'error', id, ...describe(error) }),
    );
    if (this.channel.send(reply) === 'too_large') {
      this.channel.send({
        t: 'error',
        id,
        code: 'PLUGIN_MESSAGE_TOO_LARGE',
        message: `The answer to ${op} is too large.`,
      });
    }
    this.serving -= 1;
    if (this.serving === MAX_OPEN_CALLS - 1) this.channel.resume();
    if (this.serving === 0) this.idle?.();
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }
}

function refusalOf(outcome: ReturnType<Channel['send']>): PluginError | undefined {
  switch (outcome) {
    case 'sent':
      return undefined;
    case 'too_large':
      return new PluginError('PLUGIN_MESSAGE_TOO_LARGE', 'The message is larger than the channel takes.');
    case 'full':
      return busy();
    case 'closed':
      return new PluginError('PLUGIN_CRASHED', 'The process is gone.');
  }
}

function busy(): PluginError {
  return new PluginError('PLUGIN_BUSY', 'Too much unanswered work already.');
}

function describe(error: unknown): { code: PluginErrorCode; message: string } {
  if (error instanceof PluginError) return { code: error.code, message: error.message };
  return { code: 'PLUGIN_FAILED', message: error instanceof Error ? error.message : String(error) };
}

/** The other side is not trusted: it may claim only what it can know about itself. */
function readError({ code, message }: Record<string, unknown>): PluginError {
  const claimed = (['PLUGIN_NO_ROUTE', 'PLUGIN_MESSAGE_TOO_LARGE'] as const).find((known) => known === code);
  const text = typeof message === 'string' ? message.slice(0, MAX_ERROR_LENGTH) : 'no reason given';
  return new PluginError(claimed ?? 'PLUGIN_FAILED', text);
}
