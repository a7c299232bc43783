import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { TufError } from './tuf.errors.js';
import { TufFile } from './tuf-tables.entity.js';

const NAME = /^(?:timestamp|[1-9]\d{0,9}\.(?:root|targets|snapshot|bins-[0-9a-f]{2}))\.json$/;
/** Files under a version never change, so each process keeps the bytes it sends most. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Hands out signed metadata as it was written. */
@Injectable()
export class MetadataReader {
  private readonly kept = new LRUCache<string, Buffer>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ length }) => length,
  });

  constructor(private readonly dataSource: DataSource) {}

  /** @throws {TufError} METADATA_NOT_FOUND */
  async read(name: string): Promise<Buffer> {
    if (!NAME.test(name)) throw new TufError('METADATA_NOT_FOUND');
    const known = this.kept.get(name);
    if (known) return known;
    const file = await this.dataSource.manager.findOneBy(TufFile, { name });
    if (!file) throw new TufError('METADATA_NOT_FOUND');
    // The timestamp is read each time: of two hub processes, none may show an older one than the other just did.
    if (file.role !== 'timestamp') this.kept.set(name, file.body);
    return file.body;
  }
}
