import type { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { ArtifactStore, type ByteRange, type StoredArtifact } from './artifact-store.js';
import { StorageError } from './storage.errors.js';

/**
 * A store that is swept while it is written to. An upload strikes its digest off the list of what goes, and what it has put is
 * there for at least the time an orphan is spared: long enough to write down whose it is.
 */
export class GuardedStore extends ArtifactStore {
  constructor(
    private readonly inner: ArtifactStore,
    private readonly dataSource: DataSource,
  ) {
    super();
  }

  /** @throws {StorageError} ARTIFACT_TOO_LARGE, ARTIFACT_GOING */
  async put(bytes: Readable, maxBytes: number): Promise<StoredArtifact> {
    const artifact = await this.inner.put(bytes, maxBytes);
    const { sha256 } = artifact;
    await this.dataSource.query('DELETE FROM doomed_artifacts WHERE sha256 = $1 AND NOT going', [sha256]);
    const going = await this.dataSource.query<object[]>('SELECT 1 FROM doomed_artifacts WHERE sha256 = $1', [sha256]);
    // The sweep had passed the point of no return before the bytes came, and takes them or has taken them.
    if (going.length > 0 || !(await this.inner.find(sha256))) throw new StorageError('ARTIFACT_GOING');
    return artifact;
  }

  find(sha256: string): Promise<StoredArtifact | undefined> {
    return this.inner.find(sha256);
  }

  open(sha256: string, range?: ByteRange): Readable {
    return this.inner.open(sha256, range);
  }

  localCopy(sha256: string): Promise<{ path: string; done: () => Promise<void> }> {
    return this.inner.localCopy(sha256);
  }

  directUrl(sha256: string, seconds: number): Promise<string | null> {
    return this.inner.directUrl(sha256, seconds);
  }

  list(): AsyncIterable<{ readonly sha256: string; readonly storedAt: Date }> {
    return this.inner.list();
  }

  remove(sha256: string): Promise<void> {
    return this.inner.remove(sha256);
  }

  removeUnfinished(before: Date): Promise<number> {
    return this.inner.removeUnfinished(before);
  }
}
