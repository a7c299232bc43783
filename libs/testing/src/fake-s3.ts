import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusalOfSignature, type S3Key } from './check-sigv4.js';

interface S3Object {
  readonly bytes: Buffer;
  at: Date;
}

interface Multipart {
  readonly key: string;
  at: Date;
  readonly parts: Map<number, Buffer>;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly xml?: string;
  readonly bytes?: Buffer;
}

const SMALLEST_PART = 5 * 1024 * 1024;
const PAGE = 2;

/** An S3 server at the edge of the process: one bucket in memory, path style, every request's signature checked. */
export class FakeS3 {
  readonly bucket = 'hansa-test';
  readonly region = 'eu-test-1';
  readonly credentials: S3Key = { accessKeyId: 'AKTEST', secretAccessKey: 'a secret of the test' };
  readonly objects = new Map<string, S3Object>();
  readonly uploads = new Map<string, Multipart>();
  /** Methods and paths of what was asked, and what was refused. */
  readonly asked: string[] = [];
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // cut off: nobody to answer
    }
    const body = Buffer.concat(chunks);
    const refusal = await refusalOfSignature(request, body, this.credentials);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    this.asked.push(`${request.method} ${pathname}`);
    const answer = refusal ? problem(403, refusal) : this.answer(request, pathname, searchParams, body);
    const content = answer.bytes ?? Buffer.from(answer.xml ?? '');
    response.writeHead(answer.status ?? 200, { 'content-length': content.length, ...answer.headers });
    response.end(request.method === 'HEAD' ? undefined : content);
  }

  private answer(request: IncomingMessage, pathname: string, query: URLSearchParams, body: Buffer): Answer {
    const [, bucket, ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    if (bucket !== this.bucket) return problem(404, 'NoSuchBucket');
    if (key === '') return query.has('uploads') ? this.listUploads(query) : this.list(query);
    const uploadId = query.get('uploadId');
    if (uploadId !== null || query.has('uploads')) return this.multipart(request, key, uploadId, query, body);
    if (request.method === 'PUT') return this.put(request, key, body);
    if (request.method !== 'DELETE') return this.get(request, key);
    this.objects.delete(key);
    return { status: 204 };
  }

  private put({ headers }: IncomingMessage, key: string, body: Buffer): Answer {
    const source = headers['x-amz-copy-source'];
    if (source === undefined) {
      this.objects.set(key, { bytes: body, at: new Date() });
      return { headers: { etag: etagOf(body) } };
    }
    const from = this.objects.get(decodeURIComponent(String(source)).replace(`${this.bucket}/`, ''));
    if (!from) return problem(404, 'NoSuchKey');
    this.objects.set(key, { bytes: from.bytes, at: new Date() });
    return { xml: `<CopyObjectResult><ETag>${etagOf(from.bytes)}</ETag></CopyObjectResult>` };
  }

  private get({ headers }: IncomingMessage, key: string): Answer {
    const found = this.objects.get(key);
    if (!found) return problem(404, 'NoSuchKey');
    const { bytes } = found;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const base = { etag: etagOf(bytes), 'last-modified': found.at.toUTCString(), 'accept-ranges': 'bytes' };
    if (from === undefined) return { bytes, headers: base };
    const part = bytes.subarray(Number(from), to ? Number(to) + 1 : undefined);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
    return { status: 206, bytes: part, headers: { ...base, 'content-range': range } };
  }

  private multipart(
    { method }: IncomingMessage,
    key: string,
    uploadId: string | null,
    query: URLSearchParams,
    body: Buffer,
  ): Answer {
    if (uploadId === null) {
      const id = randomUUID();
      this.uploads.set(id, { key, at: new Date(), parts: new Map() });
      return { xml: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` };
    }
    const upload = this.uploads.get(uploadId);
    if (!upload) return problem(404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { headers: { etag: etagOf(body) } };
    }
    if (method === 'POST') {
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
      if (parts.slice(0, -1).some(({ length }) => length < SMALLEST_PART)) return problem(400, 'EntityTooSmall');
      this.objects.set(key, { bytes: Buffer.concat(parts), at: new Date() });
    }
    this.uploads.delete(uploadId);
    return { status: method === 'POST' ? 200 : 204, xml: '<CompleteMultipartUploadResult/>' };
  }

  /** Two a page, so that whoever lists has to turn it. */
  private list(query: URLSearchParams): Answer {
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after)
      .sort();
    const page = keys.slice(0, PAGE);
    const items = page.map((key) => {
      const { bytes, at } = this.objects.get(key)!;
      return `<Contents><Key>${key}</Key><LastModified>${at.toISOString()}</LastModified><Size>${bytes.length}</Size></Contents>`;
    });
    const next = keys.length > PAGE ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const more = `<IsTruncated>${keys.length > PAGE}</IsTruncated>`;
    return { xml: `<ListBucketResult>${more}${next}${items.join('')}</ListBucketResult>` };
  }

  private listUploads(query: URLSearchParams): Answer {
    const items = [...this.uploads]
      .filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''))
      .map(
        ([id, { key, at }]) =>
          `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${at.toISOString()}</Initiated></Upload>`,
      );
    return { xml: `<ListMultipartUploadsResult>${items.join('')}</ListMultipartUploadsResult>` };
  }
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function problem(status: number, code: string): Answer {
  return { status, xml: `<Error><Code>${code}</Code><Message>${code}</Message></Error>` };
}
