import { Readable } from 'node:stream';
import { Clock, defineJob, inTransaction, OnJob, Outbound, OutboundRefused } from '@hansa/platform';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bumpRevision, Package } from '#catalog';
import { CentralConfig } from '#config';
import { ArtifactStore, defineArtifactOwner } from '#storage';
import { Picture } from './picture.entity.js';
import { pictureTypeOf } from './picture-type.js';

/** Fetches what a listing shows. Enqueued with every listing that is saved with pictures. */
export const fetchPictures = defineJob<{ packageId: string }>('fetch-pictures', { maxAttempts: 6 });

defineArtifactOwner('pictures', 'sha256');

const MAX_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

/**
 * Brings the pictures of listings to the hub. Readers get them from the hub's own origin: no publisher learns who looks at a
 * product page, and none can change a picture after it was fetched.
 */
@Injectable()
export class PictureFetcher implements OnModuleDestroy {
  private readonly outbound: Outbound;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly store: ArtifactStore,
    config: CentralConfig,
  ) {
    this.outbound = new Outbound({ allowPrivate: config.instances.allowPrivate });
  }

  async onModuleDestroy(): Promise<void> {
    await this.outbound.close();
  }

  /** Keeps what could be fetched; a server that did not answer is asked again by the next try. */
  @OnJob(fetchPictures)
  async fetch({ packageId }: { packageId: string }): Promise<void> {
    const { iconUrl, screenshots } = await this.dataSource.manager.findOneByOrFail(Package, { id: packageId });
    const urls = [...new Set([...(iconUrl === null ? [] : [iconUrl]), ...screenshots])];
    const fetched = new Map<string, string>();
    const failures = new Map<string, unknown>();
    for (const url of urls) {
      try {
        const name = await this.bring(url);
        if (name !== undefined) fetched.set(url, name);
      } catch (error) {
        failures.set(url, error);
      }
    }
    await inTransaction(this.dataSource, async (tx) => {
      const listing = await tx.findOneOrFail(Package, {
        where: { id: packageId },
        lock: { mode: 'pessimistic_write' },
      });
      const { iconUrl: icon, screenshots: shown } = listing;
      // What did not answer this time stays as it was.
      const iconPicture = icon !== null && failures.has(icon) ? listing.iconPicture : (fetched.get(icon ?? '') ?? null);
      const screenshotPictures = shown.some((url) => failures.has(url))
        ? listing.screenshotPictures
        : shown.flatMap((url) => fetched.get(url) ?? []);
      await tx.update(Package, { id: packageId }, { iconPicture, screenshotPictures });
      if (listing.firstPublishedAt) await bumpRevision(tx, [packageId]);
    });
    const [failure] = failures.values();
    if (failure !== undefined) throw new Error('some pictures could not be fetched', { cause: failure });
  }

  /** The name of the picture at an address; undefined when there is none the hub takes, which asking again would not change. */
  private async bring(url: string): Promise<string | undefined> {
    const bytes = await this.download(url);
    const type = bytes && pictureTypeOf(bytes);
    if (!bytes || type === undefined) return undefined;
    const { sha256, sizeBytes } = await this.store.put(Readable.from([bytes]), MAX_BYTES);
    await this.dataSource.manager.upsert(Picture, { sha256, type, sizeBytes, fetchedAt: this.clock.now() }, ['sha256']);
    return `${sha256}.${type}`;
  }

  private async download(url: string): Promise<Buffer | undefined> {
    try {
      const request = { method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES + 1 };
      const { status, body } = await this.outbound.request(url, request);
      if (status >= 500 || status === 429) throw new Error(`the picture's server answered ${status}`);
      return status === 200 && body.length <= MAX_BYTES ? body : undefined;
    } catch (error) {
      if (isRefused(error)) return undefined;
      throw error;
    }
  }
}

/** The client wraps what the connection refused. */
function isRefused(error: unknown): boolean {
  return error instanceof OutboundRefused || (error instanceof Error && error.cause instanceof OutboundRefused);
}
