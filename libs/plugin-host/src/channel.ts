import type { Duplex } from 'node:stream';

/** Of one message on the channel, either way. A body travels in base64, so about 3 MiB fit. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** What may wait for a plugin that does not read. */
const MAX_BUFFERED_BYTES = 4 * MAX_MESSAGE_BYTES;

const NEWLINE = 0x0a;

export type SendOutcome = 'sent' | 'too_large' | 'full' | 'closed';

export interface ChannelEvents {
  /** A parsed message; anything JSON can say. */
  message(value: unknown): void;
  /** The other side closed, or broke the rules of the channel (`violation`). Called once. */
  closed(violation?: string): void;
}

/**
 * JSON messages, one a line, over a pipe. Node's own IPC is not used because it buffers a message of any length: a plugin
 * that never ends its line would fill the memory of the shop.
 */
export class Channel {
  private chunks: Buffer[] = [];
  private buffered = 0;
  private open = true;

  constructor(
    private readonly stream: Duplex,
    private readonly events: ChannelEvents,
  ) {
    stream.on('data', (chunk: Buffer) => this.read(chunk));
    stream.on('end', () => this.close());
    stream.on('error', () => this.close()); // EPIPE, ECONNRESET: the process at the other end is gone
    stream.on('close', () => this.close());
  }

  send(message: object): SendOutcome {
    if (!this.open) return 'closed';
    const line = Buffer.from(`${JSON.stringify(message)}\n`);
    if (line.length > MAX_MESSAGE_BYTES) return 'too_large';
    if (this.stream.writableLength > MAX_BUFFERED_BYTES) return 'full';
    this.stream.write(line);
    return 'sent';
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  /** Closes after everything sent so far is on its way, then calls `done`. */
  end(done: () => void): void {
    this.stream.end(done);
  }

  private read(chunk: Buffer): void {
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      const line = Buffer.concat([...this.chunks, rest.subarray(0, at)]);
      this.chunks = [];
      this.buffered = 0;
      rest = rest.subarray(at + 1);
      if (!this.accept(line)) return;
    }
    this.chunks.push(rest);
    this.buffered += rest.length;
    // Memory exhaustion: a line that never ends.
    if (this.buffered > MAX_MESSAGE_BYTES) this.close('a message was larger than the channel takes');
  }

  private accept(line: Buffer): boolean {
    if (!this.open) return false;
    let value: unknown;
    try {
      value = JSON.parse(line.toString('utf8'));
    } catch {
      this.close('a message was not JSON');
      return false;
    }
    this.events.message(value);
    return true;
  }

  private close(violation?: string): void {
    if (!this.open) return;
    this.open = false;
    this.chunks = [];
    if (violation) this.stream.destroy();
    this.events.closed(violation);
  }
}
