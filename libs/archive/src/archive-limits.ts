export interface ArchiveLimits {
  readonly maxPackedBytes: number;
  readonly maxUnpackedBytes: number;
  readonly maxEntries: number;
  /** Unpacked size of all entries by the size of the archive. */
  readonly maxRatio: number;
  /** Length of one entry's path in UTF-8. */
  readonly maxPathBytes: number;
}

const MIB = 1024 * 1024;

/** The limits of federation protocol §5. */
export const DEFAULT_LIMITS: ArchiveLimits = Object.freeze({
  maxPackedBytes: 100 * MIB,
  maxUnpackedBytes: 500 * MIB,
  maxEntries: 20_000,
  maxRatio: 100,
  maxPathBytes: 255,
});
