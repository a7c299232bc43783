/** One entry as its headers describe it. */
export interface ZipRecord {
  readonly name: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly extra: Uint8Array;
  /** Unix type and permissions. */
  readonly mode: number;
}

const VERSION = 20;
const MADE_BY_UNIX = 3 << 8;
/** Midnight, 1 January 1980: the earliest a zip can say, written as digits and so without a time zone. */
const DOS_TIME = 0;
const DOS_DATE = (1 << 5) | 1;

/** The header that stands before an entry's data. */
export function localHeader(record: ZipRecord): Buffer {
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(0x04034b50, 0);
  writeCommon(fixed, 4, record);
  return Buffer.concat([fixed, record.name, record.extra]);
}

/** The entry's line in the central directory; `offset` is where its local header starts. */
export function centralHeader(record: ZipRecord, offset: number): Buffer {
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE(MADE_BY_UNIX | VERSION, 4);
  writeCommon(fixed, 6, record);
  fixed.writeUInt32LE((record.mode << 16) >>> 0, 38);
  fixed.writeUInt32LE(offset, 42);
  return Buffer.concat([fixed, record.name, record.extra]);
}

/** The record that closes an archive. */
export function endRecord(entryCount: number, directoryBytes: number, directoryStart: number, comment = ''): Buffer {
  const fixed = Buffer.alloc(22);
  fixed.writeUInt32LE(0x06054b50, 0);
  fixed.writeUInt16LE(entryCount, 8);
  fixed.writeUInt16LE(entryCount, 10);
  fixed.writeUInt32LE(directoryBytes, 12);
  fixed.writeUInt32LE(directoryStart, 16);
  fixed.writeUInt16LE(comment.length, 20);
  return Buffer.concat([fixed, Buffer.from(comment, 'latin1')]);
}

/** The fields both headers share, from "version needed" to "extra length". */
function writeCommon(fixed: Buffer, at: number, record: ZipRecord): void {
  fixed.writeUInt16LE(VERSION, at);
  fixed.writeUInt16LE(record.flags, at + 2);
  fixed.writeUInt16LE(record.method, at + 4);
  fixed.writeUInt16LE(DOS_TIME, at + 6);
  fixed.writeUInt16LE(DOS_DATE, at + 8);
  fixed.writeUInt32LE(record.crc32, at + 10);
  fixed.writeUInt32LE(record.compressedSize, at + 14);
  fixed.writeUInt32LE(record.size, at + 18);
  fixed.writeUInt16LE(record.name.length, at + 22);
  fixed.writeUInt16LE(record.extra.length, at + 24);
}
