import { ArchiveError } from './archive-error.js';
import { type ByteSource } from './byte-source.js';

const SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const ZIP64_LOCATOR = Buffer.from('PK\x06\x07', 'latin1');
const RECORD_BYTES = 22;
const LOCATOR_BYTES = 20;
const MAX_COMMENT_BYTES = 0xffff;

export interface EndRecord {
  readonly entryCount: number;
  /** Where the central directory starts, and where it ends and this record begins. */
  readonly directoryStart: number;
  readonly directoryEnd: number;
}

/**
 * Finds the one end record of an archive. Bytes after it, before the archive or between its parts are refused, and so is a
 * second record that would be as good: otherwise two readers could see two different archives in one file.
 *
 * @throws {ArchiveError} NOT_AN_ARCHIVE, TRAILING_DATA or ZIP64_UNSUPPORTED
 */
export function readEndRecord(source: ByteSource): EndRecord {
  const tailStart = Math.max(0, source.sizeBytes - RECORD_BYTES - MAX_COMMENT_BYTES - LOCATOR_BYTES);
  const tail = source.read(tailStart, source.sizeBytes - tailStart);
  const found = positionsOf(tail, SIGNATURE).filter((at) => at + RECORD_BYTES <= tail.length);
  if (found.length === 0) throw new ArchiveError('NOT_AN_ARCHIVE', 'The file is no zip archive.');
  const fitting = found.filter((at) => at + RECORD_BYTES + tail.readUInt16LE(at + 20) === tail.length);
  const at = fitting[0];
  if (at === undefined || at !== found.at(-1)) {
    throw new ArchiveError('TRAILING_DATA', 'There is data after the end of the archive.');
  }
  return checkRecord(tail, at, tailStart + at);
}

function checkRecord(tail: Buffer, at: number, position: number): EndRecord {
  const disks = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)];
  const entryCount = tail.readUInt16LE(at + 10);
  const directoryBytes = tail.readUInt32LE(at + 12);
  const directoryStart = tail.readUInt32LE(at + 16);
  const before = tail.subarray(Math.max(0, at - LOCATOR_BYTES), at);
  if (before.subarray(0, 4).equals(ZIP64_LOCATOR) || directoryStart === 0xffffffff || entryCount === 0xffff) {
    throw new ArchiveError('ZIP64_UNSUPPORTED', 'Zip64 is not needed within the limits and not read.');
  }
  if (disks.some((disk) => disk !== 0) || tail.readUInt16LE(at + 8) !== entryCount) {
    throw new ArchiveError('NOT_AN_ARCHIVE', 'The archive is one part of several.');
  }
  if (directoryStart + directoryBytes !== position) {
    throw new ArchiveError('TRAILING_DATA', 'There is data before the archive or between its parts.');
  }
  return { entryCount, directoryStart, directoryEnd: position };
}

function positionsOf(bytes: Buffer, pattern: Buffer): number[] {
  const positions: number[] = [];
  for (let at = bytes.indexOf(pattern); at !== -1; at = bytes.indexOf(pattern, at + 1)) positions.push(at);
  return positions;
}
