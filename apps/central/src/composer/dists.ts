import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { ArtifactStore } from '#storage';
import { ComposerVersionRow } from './composer-package.entity.js';

/** A zip as it is sent. Nothing of it ever changes. */
export interface Dist {
  readonly id: string;
  readonly packageName: string;
  readonly version: string;
  readonly releasedAt: number;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The bytes, when it is small. */
  readonly bytes: Buffer | undefined;
}

/** Zips up to this size are kept in memory and sent from there; larger ones are streamed. */
const SMALL_BYTES = 256 * 1024;
const OVERHEAD_BYTES = 1_024;

/** The zips that were asked for lately. */
@Injectable()
export class Dists {
  private readonly dists: LRUCache<string, Dist>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
    config: CentralConfig,
  ) {
    this.dists = new LRUCache({
      maxSize: Math.ceil(config.catalog.cacheBytes / 2),
      sizeCalculation: ({ bytes }) => (bytes?.length ?? 0) + OVERHEAD_BYTES,
    });
  }

  /** What is remembered of a zip. */
  recall(id: string): Dist | undefined {
    return this.dists.get(id);
  }

  /** The zip of a version, also of one its branch left behind; undefined when there is none of this id. */
  async find(id: string): Promise<Dist | undefined> {
    const known = this.dists.get(id);
    if (known) return known;
    const row = await this.dataSource.manager.findOneBy(ComposerVersionRow, { id });
    if (!row || !(await this.store.find(row.sha256))) return undefined;
    const { packageName, version, sha256, sizeBytes } = row;
    const bytes = sizeBytes <= SMALL_BYTES ? await readAll(this.store.open(sha256)) : undefined;
    const dist = { id, packageName, version, releasedAt: row.releasedAt.getTime(), sha256, sizeBytes, bytes };
    this.dists.set(id, dist);
    return dist;
  }
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
