import { request, type IncomingHttpHeaders } from 'node:http';
import type { TestHub } from './harness.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: () => ReturnType<typeof JSON.parse>;
}

export interface AskOptions {
  readonly method?: string;
  readonly body?: string | Buffer;
}

/** One request, its path sent as it is spelled and its answer as it arrived: `fetch` normalizes the one and unpacks the other. */
export function askBytes(
  hub: TestHub,
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', body }: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: new URL(hub.url).port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const json = () => JSON.parse(bytes.toString());
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes, json });
      });
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
