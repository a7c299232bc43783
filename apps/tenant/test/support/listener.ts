import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly body: { readonly id: string; readonly type: string; readonly timestamp: string; readonly data: object };
}

/** Somebody who listens to the shop's webhooks: a real server that keeps what it hears. */
export class Listener {
  readonly heard: Heard[] = [];
  /** What it answers with; null: it takes the request and never answers. */
  status: number | null = 200;
  location: string | undefined;

  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      this.heard.push({ headers: request.headers, bytes, body: JSON.parse(bytes.toString() || 'null') });
      if (this.status === null) return;
      response.writeHead(this.status, this.location ? { location: this.location } : {});
      response.end('x'.repeat(10_000));
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  /** Breaks every connection. */
  drop(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise((done) => this.server.close(done));
  }
}
