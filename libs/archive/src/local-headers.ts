import { parseExtraFields, type Entry, type ZipFile } from 'yauzl';
import { ArchiveError } from './archive-error.js';
import { type ByteSource } from './byte-source.js';
import { extraFieldFlaw, hasDescriptor } from './entry-kind.js';

const DESCRIPTOR_SIGNATURE = 0x08074b50;

/** Where the local header of an entry starts and where its data ends. */
export interface Extent {
  readonly entry: Entry;
  readonly path: string;
  readonly start: number;
  readonly dataEnd: number;
}

/**
 * Reads the header that stands before an entry's data. It must say what the central directory says: a reader that streams
 * believes the one, a reader that seeks believes the other, and a scanner and an installer must not see different files.
 *
 * @throws {ArchiveError} HEADER_MISMATCH, or a code for what its extra fields hold
 */
export async function readExtent(zip: ZipFile, entry: Entry, path: string): Promise<Extent> {
  const local = await zip.readLocalFileHeaderPromise(entry).catch((cause: unknown) => {
    throw mismatch(path, cause);
  });
  const declared = [local.crc32, local.compressedSize, local.uncompressedSize];
  const actual = [entry.crc32, entry.compressedSize, entry.uncompressedSize];
  const late = hasDescriptor(entry.generalPurposeBitFlag);
  if (
    !local.fileName.equals(entry.fileNameRaw) ||
    local.compressionMethod !== entry.compressionMethod ||
    local.generalPurposeBitFlag !== entry.generalPurposeBitFlag ||
    declared.some((value, index) => value !== actual[index] && !(late && value === 0))
  ) {
    throw mismatch(path);
  }
  const flaw = extraFieldFlaw(parseLocalFields(local.extraField, path), local.fileName);
  if (flaw) throw new ArchiveError(flaw, 'A local header holds what is not allowed.', { path });
  return { entry, path, start: entry.relativeOffsetOfLocalHeader, dataEnd: local.fileDataStart + entry.compressedSize };
}

/**
 * Checks that the entries fill the archive from its first byte to the central directory: nothing before, between or
 * shared. Overlapping entries are how a small file unpacks to petabytes; gaps are where other archives hide.
 *
 * @throws {ArchiveError} TRAILING_DATA or HEADER_MISMATCH
 */
export function refuseGaps(source: ByteSource, extents: readonly Extent[], directoryStart: number): void {
  const inOrder = [...extents].sort((a, b) => a.start - b.start);
  const ends = [...inOrder.slice(1).map(({ start }) => start), directoryStart];
  if ((inOrder[0]?.start ?? directoryStart) !== 0) throw misplaced();
  for (const [index, extent] of inOrder.entries()) {
    refuseDescriptor(source, extent, (ends[index] as number) - extent.dataEnd);
  }
}

/** What lies between an entry's data and the next header: nothing, or the descriptor its flags announce. */
function refuseDescriptor(source: ByteSource, { entry, path, dataEnd }: Extent, length: number): void {
  if (!hasDescriptor(entry.generalPurposeBitFlag)) {
    if (length !== 0) throw misplaced(path);
    return;
  }
  if (length !== 12 && length !== 16) throw misplaced(path);
  const descriptor = source.read(dataEnd, length);
  if (length === 16 && descriptor.readUInt32LE(0) !== DESCRIPTOR_SIGNATURE) throw mismatch(path);
  const values = [12, 8, 4].map((fromEnd) => descriptor.readUInt32LE(length - fromEnd));
  const actual = [entry.crc32, entry.compressedSize, entry.uncompressedSize];
  if (values.some((value, index) => value !== actual[index])) throw mismatch(path);
}

function parseLocalFields(bytes: Buffer, path: string) {
  try {
    return parseExtraFields(bytes);
  } catch (cause) {
    throw mismatch(path, cause);
  }
}

function mismatch(path: string, cause?: unknown): ArchiveError {
  return new ArchiveError('HEADER_MISMATCH', 'An entry is described in two ways.', {
    path,
    ...(cause ? { cause } : {}),
  });
}

function misplaced(path?: string): ArchiveError {
  return new ArchiveError(
    'TRAILING_DATA',
    'Entries overlap or leave room between them.',
    path === undefined ? {} : { path },
  );
}
