import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { SHA256_HEX } from '@hansa/contracts';
import { ArtifactStore, type ByteRange, type StoredArtifact } from './artifact-store.js';
import { StorageError } from './storage.errors.js';

/** Artifacts as files `sha256/<first two>/<digest>` below one directory. */
export class DirectoryStore extends ArtifactStore {
  constructor(private readonly root: string) {
    super();
  }

  async put(bytes: Readable, maxBytes: number): Promise<StoredArtifact> {
    const incoming = join(this.root, 'incoming');
    await mkdir(incoming, { recursive: true });
    const partial = join(incoming, randomUUID());
    try {
      const artifact = await writeHashed(bytes, partial, maxBytes);
      const final = this.pathOf(artifact.sha256);
      await mkdir(join(final, '..'), { recursive: true });
      await rename(partial, final);
      return artifact;
    } finally {
      await rm(partial, { force: true });
    }
  }

  async find(sha256: string): Promise<StoredArtifact | undefined> {
    if (!SHA256_HEX.test(sha256)) return undefined;
    const found = await statOf(this.pathOf(sha256));
    return found && { sha256, sizeBytes: found.size };
  }

  open(sha256: string, range?: ByteRange): Readable {
    return createReadStream(this.pathOf(sha256), range ? { start: range.start, end: range.end } : {});
  }

  async localCopy(sha256: string): Promise<{ path: string; done: () => Promise<void> }> {
    return { path: this.pathOf(sha256), done: async () => undefined };
  }

  async directUrl(): Promise<string | null> {
    return null;
  }

  async *list(): AsyncGenerator<{ sha256: string; storedAt: Date }> {
    for await (const path of filesBelow(join(this.root, 'sha256'))) {
      const sha256 = basename(path);
      const found = await statOf(path);
      if (found && SHA256_HEX.test(sha256)) yield { sha256, storedAt: found.mtime };
    }
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.pathOf(sha256), { force: true });
  }

  /** A file that is being written is touched with every chunk. */
  async removeUnfinished(before: Date): Promise<number> {
    let removed = 0;
    for await (const path of filesBelow(join(this.root, 'incoming'))) {
      const found = await statOf(path);
      if (!found || found.mtime >= before) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }

  private pathOf(sha256: string): string {
    return join(this.root, 'sha256', sha256.slice(0, 2), sha256);
  }
}

async function writeHashed(bytes: Readable, path: string, maxBytes: number): Promise<StoredArtifact> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  let sizeBytes = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw new StorageError('ARTIFACT_TOO_LARGE');
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** Undefined when there is no such file. */
async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Nothing below a directory that is not there. */
async function* filesBelow(directory: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(directory, { recursive: true })) {
      if (entry.isFile()) yield join(entry.parentPath, entry.name);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
