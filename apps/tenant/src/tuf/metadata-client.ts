import { Readable } from 'node:stream';
import { BaseFetcher, Updater } from 'tuf-js';
// Not among the library's exports, yet it is by this class that it knows a root that does not exist from a hub in trouble.
import { DownloadHTTPError } from 'tuf-js/dist/error.js';

/** The most that is read of each file, and of the repository. Endless data ends here, not on the disk. */
const LIMITS = {
  maxRootRotations: 256,
  maxDelegations: 4,
  rootMaxLength: 512_000,
  timestampMaxLength: 16_384,
  snapshotMaxLength: 2_000_000,
  targetsMaxLength: 5_000_000,
} as const;
/** For one file, headers and body: data that drips in ends here. */
const TIMEOUT_MS = 30_000;

export interface MetadataClientOptions {
  /** Holds `root.json` and whatever was verified before; what is verified goes there. */
  readonly metadataDir: string;
  readonly metadataUrl: string;
  readonly targetDir?: string;
  readonly targetUrl?: string;
  readonly fetch: typeof globalThis.fetch;
}

/** This shop's TUF client: the library's rules over the shop's own way out. */
export function openMetadataClient(options: MetadataClientOptions): { updater: Updater; fetcher: MetadataFetcher } {
  const { metadataDir, metadataUrl, targetDir, targetUrl, fetch } = options;
  const fetcher = new MetadataFetcher(fetch);
  const targets = { ...(targetDir ? { targetDir } : {}), ...(targetUrl ? { targetBaseUrl: targetUrl } : {}) };
  const updater = new Updater({ metadataDir, metadataBaseUrl: metadataUrl, ...targets, fetcher, config: LIMITS });
  return { updater, fetcher };
}

/** Fetches for the TUF library, which bounds and verifies what comes. */
export class MetadataFetcher extends BaseFetcher {
  /** What went wrong on the way with the file fetched last; undefined when it came, whatever is in it. */
  trouble: unknown;

  constructor(private readonly send: typeof globalThis.fetch) {
    super();
  }

  /** A root, in one piece and bounded; undefined when there is none. */
  async firstRoot(metadataUrl: string): Promise<Buffer | undefined> {
    try {
      return await this.downloadBytes(`${metadataUrl}/1.root.json`, LIMITS.rootMaxLength);
    } catch (error) {
      if (error instanceof DownloadHTTPError && error.statusCode === 404) return undefined;
      throw error;
    }
  }

  override async fetch(url: string): Promise<NodeJS.ReadableStream> {
    this.trouble = undefined;
    const response = await this.noting(() =>
      this.send(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) }),
    );
    if (response.status === 200 && response.body) return Readable.from(this.bytesOf(response.body));
    await response.body?.cancel();
    return this.noting(async () => {
      throw new DownloadHTTPError('Failed to download', response.status);
    });
  }

  private async *bytesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await this.noting(() => reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  private async noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.trouble = error;
      throw error;
    }
  }
}
