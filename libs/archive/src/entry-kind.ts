import { type Entry, type ExtraField } from 'yauzl';
import { type ArchiveErrorCode } from './archive-error.js';

const DEFLATED = 8;
const FLAG = { encrypted: 1, descriptor: 8, strongEncryption: 0x40, utf8: 0x800, maskedHeader: 0x2000 } as const;
/** Besides those above: two bits that say how hard the compressor tried. Others mean formats this library cannot read. */
const KNOWN_FLAGS = FLAG.encrypted | 6 | FLAG.descriptor | FLAG.strongEncryption | FLAG.utf8 | FLAG.maskedHeader;
const ZIP64 = 0x0001;
const PKWARE_UNIX = 0x000d;
const ASI_UNIX = 0x756e;
const UNICODE_PATH = 0x7075;

/** Tells whether sizes and checksum follow the data instead of standing before it. */
export function hasDescriptor(flags: number): boolean {
  return (flags & FLAG.descriptor) !== 0;
}

/** Tells whether the name is declared to be UTF-8. */
export function isUtf8(flags: number): boolean {
  return (flags & FLAG.utf8) !== 0;
}

/** Says why an entry is of a kind that is never unpacked, or null if it is a plain file or directory. */
export function kindFlaw(entry: Entry): ArchiveErrorCode | null {
  const { generalPurposeBitFlag: flags, compressionMethod: method } = entry;
  if (flags & (FLAG.encrypted | FLAG.strongEncryption | FLAG.maskedHeader)) return 'ENCRYPTED';
  if (flags & ~KNOWN_FLAGS || (method !== 0 && method !== DEFLATED)) return 'UNSUPPORTED_METHOD';
  if (method === 0 && entry.compressedSize !== entry.uncompressedSize) return 'HEADER_MISMATCH';
  return modeFlaw(unixMode(entry)) ?? extraFieldFlaw(entry.extraFields, entry.fileNameRaw) ?? directoryFlaw(entry);
}

/** The Unix mode of an entry, whatever system it says it comes from: some unpackers do not ask either. */
export function unixMode({ externalFileAttributes }: Entry): number {
  return externalFileAttributes >>> 16;
}

function modeFlaw(mode: number): ArchiveErrorCode | null {
  const type = mode & 0o170000;
  if (type === 0o120000) return 'SYMLINK'; // unpacked first, it would carry later entries out of the target
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) return 'DEVICE';
  return mode & 0o6000 ? 'SETUID' : null;
}

/** Extra fields in which other unpackers find links, modes, sizes or another name. */
export function extraFieldFlaw(fields: readonly ExtraField[], name: Buffer): ArchiveErrorCode | null {
  for (const { id, data } of fields) {
    if (id === ZIP64) return 'ZIP64_UNSUPPORTED';
    if (id === PKWARE_UNIX && data.length > 12) return 'HARD_LINK'; // what follows the times and ids is a link target
    if (id === ASI_UNIX && data.length > 14) return 'HARD_LINK';
    if (id === ASI_UNIX && data.length >= 6 && modeFlaw(data.readUInt16LE(4))) return modeFlaw(data.readUInt16LE(4));
    if (id === UNICODE_PATH && !data.subarray(5).equals(name)) return 'HEADER_MISMATCH';
  }
  return null;
}

/** A directory is what ends in a slash; the mode must agree and nothing may hide in it. */
function directoryFlaw(entry: Entry): ArchiveErrorCode | null {
  const isDirectory = entry.fileNameRaw.at(-1) === 0x2f;
  const type = unixMode(entry) & 0o170000;
  if (type !== 0 && (type === 0o040000) !== isDirectory) return 'HEADER_MISMATCH';
  return isDirectory && (entry.compressedSize !== 0 || entry.uncompressedSize !== 0) ? 'HEADER_MISMATCH' : null;
}
