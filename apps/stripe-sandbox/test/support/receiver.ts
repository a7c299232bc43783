import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';

/** A status, or no answer at all. */
type Answer = number | 'silence';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A shop's webhook receiver: keeps what arrives and answers with the next of `answers`, the last one for ever. */
export class Receiver {
  readonly received: Received[] = [];
  private waiting: (() => void)[] = [];

  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly answers: Answer[],
  ) {}

  static async start(...answers: Answer[]): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new Receiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, server, answers);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = receiver.take();
        if (answer !== 'silence') response.writeHead(answer, { location: '/elsewhere' }).end('noted');
        receiver.note({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    return receiver;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Waits until this many requests have arrived in all. */
  async until(count: number): Promise<Received[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.received;
  }

  /** The types of the events that arrived. */
  types(): string[] {
    return this.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  }

  private take(): Answer {
    return this.answers.length > 1 ? this.answers.shift()! : (this.answers[0] ?? 200);
  }

  private note(request: Received): void {
    this.received.push(request);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
