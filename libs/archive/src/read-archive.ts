import { type Entry, type ZipFile } from 'yauzl';
import { ArchiveError } from './archive-error.js';
import { DEFAULT_LIMITS, type ArchiveLimits } from './archive-limits.js';
import { openZip, withSource, type ByteSource } from './byte-source.js';
import { readEndRecord } from './end-record.js';
import { unpack } from './entry-content.js';
import { isUtf8, kindFlaw, unixMode } from './entry-kind.js';
import { readEntryPath } from './entry-path.js';
import { extractEntries, type ExtractProgress } from './extract-entries.js';
import { readExtent, refuseGaps, type Extent } from './local-headers.js';
import { NameRegister } from './name-register.js';
import { type WritableEntry } from './write-entries.js';

/** A file or directory of an archive. */
export interface ArchiveEntry {
  /** Relative, forward slashes, no trailing slash, safe on every system. */
  readonly path: string;
  /** Unpacked, in bytes. Declared by the archive; reading holds it to that. */
  readonly size: number;
  readonly isDirectory: boolean;
  readonly executable: boolean;
}

/** An archive whose structure has passed every check. The file must stay as it is while this is in use. */
export interface Archive {
  /** In the order of the central directory. */
  readonly entries: readonly ArchiveEntry[];
  readonly packedBytes: number;
  readonly unpackedBytes: number;

  /**
   * The bytes of one file.
   *
   * @throws {ArchiveError} ENTRY_NOT_FOUND, ENTRY_TOO_LARGE (more than `maxBytes`), HEADER_MISMATCH or CRC_MISMATCH
   */
  read(path: string, maxBytes: number): Promise<Buffer>;

  /**
   * Unpacks everything into `directory`, which must not exist; its parent must. When it returns, the files are on disk
   * (synced); when it throws, the directory is gone again.
   *
   * @throws {ArchiveError} TARGET_EXISTS, HEADER_MISMATCH or CRC_MISMATCH
   */
  extractTo(directory: string, onProgress?: (progress: ExtractProgress) => void): Promise<void>;
}

interface Directory {
  readonly extents: readonly Extent[];
  readonly unpackedBytes: number;
}

/**
 * Opens an archive and refuses it unless every rule of federation protocol §5 holds. Nothing is unpacked or written yet;
 * what needs unpacking to know (real sizes, checksums) is checked by `read` and `extractTo`.
 *
 * @throws {ArchiveError} with the code of the first rule that is broken
 */
export async function readArchive(file: string | Buffer, limits: Partial<ArchiveLimits> = {}): Promise<Archive> {
  const allowed = { ...DEFAULT_LIMITS, ...limits };
  return withSource(file, async (source) => {
    if (source.sizeBytes > allowed.maxPackedBytes)
      throw new ArchiveError('ARCHIVE_TOO_LARGE', 'The archive is too large.');
    const directory = await readDirectory(source, allowed);
    if (directory.unpackedBytes > source.sizeBytes * allowed.maxRatio) {
      throw new ArchiveError('RATIO_TOO_HIGH', 'The archive unpacks to suspiciously much.');
    }
    return archiveOf(file, source.sizeBytes, directory);
  });
}

async function readDirectory(source: ByteSource, limits: ArchiveLimits): Promise<Directory> {
  const { entryCount, directoryStart, directoryEnd } = readEndRecord(source);
  if (entryCount > limits.maxEntries) throw new ArchiveError('TOO_MANY_ENTRIES', 'The archive has too many entries.');
  const zip = await openZip(source);
  const names = new NameRegister();
  const listed: { readonly entry: Entry; readonly path: string }[] = [];
  let unpackedBytes = 0;
  let directoryBytes = 0;
  for await (const entry of entriesOf(zip)) {
    const path = readEntryPath(entry.fileNameRaw, isUtf8(entry.generalPurposeBitFlag), limits.maxPathBytes);
    const flaw = kindFlaw(entry);
    if (flaw) throw new ArchiveError(flaw, 'An entry is of a kind that is not allowed.', { path });
    names.add(path.replace(/\/$/, ''), path.endsWith('/'));
    unpackedBytes += entry.uncompressedSize;
    if (unpackedBytes > limits.maxUnpackedBytes)
      throw new ArchiveError('UNPACKED_TOO_LARGE', 'The archive unpacks to too much.');
    directoryBytes += 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    listed.push({ entry, path });
  }
  if (directoryStart + directoryBytes !== directoryEnd) {
    throw new ArchiveError('TRAILING_DATA', 'The central directory has more in it than entries.');
  }
  const extents: Extent[] = [];
  for (const { entry, path } of listed) extents.push(await readExtent(zip, entry, path));
  refuseGaps(source, extents, directoryStart);
  return { extents, unpackedBytes };
}

/** The reader's own complaints have no codes: all but one are about bytes that do not parse. */
async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry, void> {
  const entries = zip.eachEntry();
  for (;;) {
    const step: IteratorResult<Entry, undefined> = await entries.next().catch((cause: unknown) => {
      const encrypted = String(cause).includes('encryption');
      throw new ArchiveError(encrypted ? 'ENCRYPTED' : 'NOT_AN_ARCHIVE', 'The central directory cannot be read.', {
        cause,
      });
    });
    if (step.done) return;
    yield step.value;
  }
}

function archiveOf(file: string | Buffer, packedBytes: number, { extents, unpackedBytes }: Directory): Archive {
  const listed = extents.map(writableOf);
  const files = new Map(listed.filter(({ isDirectory }) => !isDirectory).map((entry) => [entry.path, entry]));
  return {
    entries: listed.map(({ path, size, isDirectory, executable }) => ({ path, size, isDirectory, executable })),
    packedBytes,
    unpackedBytes,
    read: async (path, maxBytes) => {
      const entry = files.get(path);
      if (!entry) throw new ArchiveError('ENTRY_NOT_FOUND', 'The archive has no such file.', { path });
      if (entry.size > maxBytes)
        throw new ArchiveError('ENTRY_TOO_LARGE', 'The file is larger than allowed.', { path });
      return withSource(file, async (source) => Buffer.concat(await collect(unpack(source, entry))));
    },
    extractTo: (directory, onProgress) => extractEntries(file, listed, directory, onProgress),
  };
}

function writableOf({ entry, path, dataEnd }: Extent): WritableEntry {
  const isDirectory = path.endsWith('/');
  return {
    path: path.replace(/\/$/, ''),
    dataStart: dataEnd - entry.compressedSize,
    packedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    crc32: entry.crc32,
    isStored: entry.compressionMethod === 0,
    isDirectory,
    executable: !isDirectory && (unixMode(entry) & 0o100) !== 0,
  };
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}
