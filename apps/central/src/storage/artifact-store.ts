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

/** Keeps artifacts under their digest. Adapters: a directory, any S3; both keep every promise here. */
export abstract class ArtifactStore {
  /**
   * Takes a stream in one pass. The same bytes again change nothing but their age; what was cut short or is too long leaves
   * nothing that can be found.
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
  /** Where the bytes can be fetched from, for so many seconds, past the hub; null when only the hub can hand them out. */
  abstract directUrl(sha256: string, seconds: number): Promise<string | null>;
  /** Every artifact, in no order, with when its bytes last arrived. */
  abstract list(): AsyncIterable<{ readonly sha256: string; readonly storedAt: Date }>;
  /** Takes an artifact away. One that is not there is away already. */
  abstract remove(sha256: string): Promise<void>;
  /** Takes away what uploads left unfinished that nobody has touched since `before`, and says how many those were. */
  abstract removeUnfinished(before: Date): Promise<number>;
}
