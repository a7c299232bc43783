import type { Readable } from 'node:stream';

export interface StoredArtifact {
  /** Lower-case hex; also the artifact's name. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Keeps artifacts under their digest. Adapters: a directory here, any S3 in production. */
export abstract class ArtifactStore {
  /**
   * Takes a stream in one pass. The same bytes again change nothing; what was cut short or is too long leaves nothing.
   *
   * @throws {StorageError} ARTIFACT_TOO_LARGE
   */
  abstract put(bytes: Readable, maxBytes: number): Promise<StoredArtifact>;
  /** Undefined when no artifact has this digest. */
  abstract find(sha256: string): Promise<StoredArtifact | undefined>;
  /** The bytes of an artifact `find` knows. */
  abstract open(sha256: string, range?: ByteRange): Readable;
  /** A readable copy on the local disk for tools that need a file; `done` gives it back. */
  abstract localCopy(sha256: string): Promise<{ path: string; done: () => Promise<void> }>;
}
