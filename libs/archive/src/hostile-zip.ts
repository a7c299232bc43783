import { crc32, deflateRawSync } from 'node:zlib';
import { type ArchiveErrorCode } from './archive-error.js';
import { type ArchiveLimits } from './archive-limits.js';
import { centralHeader, endRecord, localHeader, type ZipRecord } from './zip-records.js';

/** One entry for {@link writeRawZip}: nothing is checked, every field may lie. */
export interface RawEntry {
  readonly name: string | Uint8Array;
  /** Unpacked content; empty by default. */
  readonly data?: Uint8Array;
  /** Packed bytes, when they shall not be what `data` gives. */
  readonly packed?: Uint8Array;
  /** Overrides in both headers, then in one of them. */
  readonly both?: Partial<ZipRecord>;
  readonly local?: Partial<ZipRecord>;
  readonly central?: Partial<ZipRecord>;
  /** Bytes between this entry's data and the next header. */
  readonly after?: Uint8Array;
  /** Where the central directory says the local header is, when it shall not be where it is. */
  readonly offset?: number;
}

/** What surrounds the entries, for {@link writeRawZip}. */
export interface RawZip {
  readonly before?: Uint8Array;
  readonly inDirectory?: Uint8Array;
  readonly comment?: string;
  readonly after?: Uint8Array;
  /** Changes the end record in place. */
  readonly end?: (record: Buffer) => void;
}

/** An archive that must be refused, when it is opened or, where only unpacking can tell, when it is unpacked. */
export interface HostileArchive {
  readonly attack: string;
  readonly code: ArchiveErrorCode;
  readonly stage: 'open' | 'unpack';
  readonly limits?: Partial<ArchiveLimits>;
  readonly build: () => Buffer;
  /** What is wrong, where that is one entry that any archive could have among others. */
  readonly entry?: RawEntry;
}

const UTF8_NAME = 0x800;
const DESCRIPTOR = 8;

/** Writes a zip from entries as they are given, for tests of readers. Deflates when that is what `both.method` says. */
export function writeRawZip(entries: readonly RawEntry[], zip: RawZip = {}): Buffer {
  const parts: Buffer[] = [Buffer.from(zip.before ?? [])];
  const directory: Buffer[] = [];
  let offset = parts[0]?.length ?? 0;
  for (const entry of entries) {
    const { record, packed } = describe(entry);
    const part = Buffer.concat([localHeader({ ...record, ...entry.local }), packed, entry.after ?? Buffer.alloc(0)]);
    directory.push(centralHeader({ ...record, ...entry.central }, entry.offset ?? offset));
    parts.push(part);
    offset += part.length;
  }
  const central = Buffer.concat([...directory, zip.inDirectory ?? Buffer.alloc(0)]);
  const end = endRecord(entries.length, central.length, offset, zip.comment);
  zip.end?.(end);
  return Buffer.concat([...parts, central, end, zip.after ?? Buffer.alloc(0)]);
}

function describe({ name, data = Buffer.alloc(0), packed, both = {} }: RawEntry) {
  const content = packed ?? (both.method === 8 ? deflateRawSync(data) : data);
  const record: ZipRecord = {
    name: Buffer.from(name),
    flags: UTF8_NAME,
    method: 0,
    crc32: crc32(data),
    compressedSize: content.length,
    size: data.length,
    extra: Buffer.alloc(0),
    mode: 0o100644,
    ...both,
  };
  return { record, packed: content };
}

/** An extra field of a header: id, length, data. */
export function extraField(id: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}

/** A data descriptor for `data`, stored, with its signature unless left out. */
export function descriptor(data: Uint8Array, { signed = true, crc = crc32(data) } = {}): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(data.length, 8);
  bytes.writeUInt32LE(data.length, 12);
  return signed ? bytes : bytes.subarray(4);
}

const TEXT = Buffer.from('content');
const file = (name: string | Uint8Array, more: Omit<RawEntry, 'name'> = {}): RawEntry => ({
  name,
  data: TEXT,
  ...more,
});
const LATE = { flags: UTF8_NAME | DESCRIPTOR };
const LATE_LOCAL = { crc32: 0, compressedSize: 0, size: 0 };
const LONG_TEXT = Buffer.alloc(1000, 'a');
/** Deflate announcing a stored block of 7 bytes and nothing after it: valid, and 5 bytes longer than its content. */
const STORED_BLOCK = Buffer.concat([Buffer.from([1, 7, 0, 0xf8, 0xff]), TEXT]);

function hostile(
  code: ArchiveErrorCode,
  attack: string,
  build: () => Buffer,
  more: Partial<Pick<HostileArchive, 'stage' | 'limits'>> = {},
): HostileArchive {
  return { attack, code, stage: 'open', build, ...more };
}

const named = (code: ArchiveErrorCode, name: string | Uint8Array, attack: string) =>
  hostile(code, attack, () => writeRawZip([file(name)]));
const moded = (code: ArchiveErrorCode, mode: number, attack: string) =>
  hostile(code, attack, () => writeRawZip([file('plugin.js', { both: { mode } })]));
const differing = (field: keyof ZipRecord, local: Partial<ZipRecord>) =>
  hostile('HEADER_MISMATCH', `a local header with another ${field}`, () => writeRawZip([file('plugin.js', { local })]));
const flagged = (code: ArchiveErrorCode, flags: number, attack: string) =>
  hostile(code, attack, () => writeRawZip([file('plugin.js', { both: { flags: UTF8_NAME | flags } })]));
const extra = (code: ArchiveErrorCode, id: number, data: Uint8Array, attack: string) =>
  hostile(code, attack, () => writeRawZip([file('plugin.js', { both: { extra: extraField(id, data) } })]));
const together = (code: ArchiveErrorCode, names: readonly string[], attack: string) =>
  hostile(code, attack, () => writeRawZip(names.map((name) => (name.endsWith('/') ? directory(name) : file(name)))));
const directory = (name: string): RawEntry => ({ name, both: { mode: 0o040755 } });

const LIMITS: readonly HostileArchive[] = [
  hostile('ARCHIVE_TOO_LARGE', 'a file over the packed limit', () => writeRawZip([file('a', { data: LONG_TEXT })]), {
    limits: { maxPackedBytes: 1000 },
  }),
  hostile('UNPACKED_TOO_LARGE', 'sizes that add up to more than the unpacked limit', () =>
    writeRawZip(['a', 'b'].map((name) => file(name, { both: { method: 8, size: 300 * 1024 * 1024 } }))),
  ),
  hostile('TOO_MANY_ENTRIES', '20,001 entries', () =>
    writeRawZip(Array.from({ length: 20_001 }, (_, index) => ({ name: String(index) }))),
  ),
  hostile('RATIO_TOO_HIGH', 'a megabyte of zeros', () =>
    writeRawZip([file('a', { data: Buffer.alloc(1024 * 1024), both: { method: 8 } })]),
  ),
  hostile('RATIO_TOO_HIGH', 'an archive of archives of zeros', () => {
    const inner = writeRawZip([file('a', { data: Buffer.alloc(8 * 1024 * 1024), both: { method: 8 } })]);
    const layer = writeRawZip(Array.from({ length: 200 }, (_, i) => file(`${i}.zip`, { data: inner })));
    return writeRawZip([file('all.zip', { data: layer, both: { method: 8 } })]);
  }),
  named('PATH_TOO_LONG', `${'a/'.repeat(127)}bc`, 'a path of 256 bytes'),
];

const PATHS: readonly HostileArchive[] = [
  named('PATH_ABSOLUTE', '/etc/passwd', 'an absolute path'),
  named('PATH_TRAVERSAL', '../evil.js', 'a path upwards'),
  named('PATH_TRAVERSAL', 'lib/../../evil.js', 'a path upwards from within'),
  named('PATH_TRAVERSAL', 'lib/..', 'a path that ends upwards'),
  named('PATH_BACKSLASH', '..\\evil.js', 'a path upwards on Windows'),
  named('PATH_DRIVE_LETTER', 'C:/evil.js', 'a drive letter'),
  named('PATH_NUL', 'plugin.js\0.png', 'a NUL that ends the name for some readers'),
  named('PATH_INVALID', '', 'an empty name'),
  named('PATH_INVALID', 'lib//evil.js', 'an empty segment'),
  named('PATH_INVALID', './evil.js', 'a dot segment'),
  named('PATH_INVALID', 'lib/\u001b[2Jevil.js', 'a control character'),
  named('PATH_INVALID', 'lib/sj.\u202egpj', 'a direction override'),
  named('PATH_INVALID', 'plugin.js:stream', 'an alternate data stream'),
  named('PATH_INVALID', 'lib/con.js', 'a Windows device'),
  named('PATH_INVALID', 'lib/evil.js.', 'a trailing dot Windows drops'),
  named('PATH_INVALID', 'lib /evil.js', 'a trailing space Windows drops'),
  named('PATH_INVALID', 'e\u0301.js', 'a name that is not in normal form'),
  named('PATH_INVALID', Buffer.from([0xff, 0xfe]), 'a name that is not UTF-8'),
  hostile('PATH_INVALID', 'bytes beyond ASCII without the UTF-8 flag', () =>
    writeRawZip([file('é.js', { both: { flags: 0 } })]),
  ),
  together('DUPLICATE_NAME', ['plugin.js', 'plugin.js'], 'one name twice'),
  together('DUPLICATE_NAME', ['lib/', 'lib/'], 'one directory twice'),
  together('CASE_COLLISION', ['plugin.js', 'Plugin.JS'], 'two names that differ in case'),
  together('CASE_COLLISION', ['lib/a.js', 'LIB/b.js'], 'two directories that differ in case'),
  together('CASE_COLLISION', ['straße', 'STRASSE'], 'two names that are equal when upper-cased'),
  together('CASE_COLLISION', ['lib', 'lib/a.js'], 'a file that is also a directory'),
  together('CASE_COLLISION', ['lib/a.js', 'lib'], 'a directory that is also a file'),
];

const KINDS: readonly HostileArchive[] = [
  moded('SYMLINK', 0o120777, 'a symbolic link'),
  moded('DEVICE', 0o020666, 'a character device'),
  moded('DEVICE', 0o010644, 'a named pipe'),
  moded('SETUID', 0o104755, 'a setuid program'),
  moded('SETUID', 0o102755, 'a setgid program'),
  extra(
    'HARD_LINK',
    0x000d,
    Buffer.concat([Buffer.alloc(12), Buffer.from('/etc/passwd')]),
    'a link in a PKWARE Unix field',
  ),
  extra(
    'HARD_LINK',
    0x756e,
    Buffer.concat([Buffer.alloc(14), Buffer.from('/etc/passwd')]),
    'a link in an ASi Unix field',
  ),
  extra('SYMLINK', 0x756e, Buffer.from([0, 0, 0, 0, 0xff, 0xa1]), 'a link mode in an ASi Unix field'),
  extra(
    'HEADER_MISMATCH',
    0x7075,
    Buffer.from('\u0001\0\0\0\0evil.js', 'latin1'),
    'another name in a Unicode path field',
  ),
  extra('ZIP64_UNSUPPORTED', 0x0001, Buffer.alloc(16), 'sizes in a zip64 field'),
  flagged('ENCRYPTED', 0x1, 'an encrypted entry'),
  flagged('ENCRYPTED', 0x40, 'a strongly encrypted entry'),
  flagged('ENCRYPTED', 0x2000, 'a masked local header'),
  flagged('UNSUPPORTED_METHOD', 0x20, 'patch data'),
  hostile('UNSUPPORTED_METHOD', 'LZMA', () => writeRawZip([file('plugin.js', { both: { method: 14 } })])),
  hostile('HEADER_MISMATCH', 'a stored file of two sizes', () => writeRawZip([file('a', { both: { size: 8 } })])),
  hostile('HEADER_MISMATCH', 'a directory with content', () =>
    writeRawZip([file('lib/', { both: { mode: 0o040755 } })]),
  ),
  hostile('HEADER_MISMATCH', 'a directory with the mode of a file', () => writeRawZip([{ name: 'lib/' }])),
  hostile('HEADER_MISMATCH', 'a file with the mode of a directory', () =>
    writeRawZip([{ ...directory('lib/'), name: 'lib' }]),
  ),
];

const HEADERS: readonly HostileArchive[] = [
  differing('name', { name: Buffer.from('PLUGIN.js') }),
  differing('method', { method: 8 }),
  differing('flags', { flags: 0 }),
  differing('crc32', { crc32: 1 }),
  differing('size', { size: 8 }),
  differing('compressedSize', { compressedSize: 8 }),
  hostile('HEADER_MISMATCH', 'sizes left out without a descriptor', () =>
    writeRawZip([file('a', { local: LATE_LOCAL })]),
  ),
  hostile('HEADER_MISMATCH', 'an extra field that runs over', () =>
    writeRawZip([file('a', { local: { extra: Buffer.from([1, 1, 9, 9]) } })]),
  ),
  hostile('SYMLINK', 'a link mode in the local header only', () =>
    writeRawZip([file('a', { local: { extra: extraField(0x756e, Buffer.from([0, 0, 0, 0, 0xff, 0xa1])) } })]),
  ),
  hostile('HEADER_MISMATCH', 'a local header that is not there', () => writeRawZip([file('a', { offset: 5 })])),
  hostile('HEADER_MISMATCH', 'a descriptor with another checksum', () =>
    writeRawZip([file('a', { both: LATE, local: LATE_LOCAL, after: descriptor(TEXT, { crc: 1 }) })]),
  ),
  hostile('HEADER_MISMATCH', 'a descriptor with another signature', () =>
    writeRawZip([file('a', { both: LATE, local: LATE_LOCAL, after: descriptor(TEXT).fill(1, 0, 4) })]),
  ),
  hostile('TRAILING_DATA', 'a descriptor that is missing', () =>
    writeRawZip([file('a', { both: LATE, local: LATE_LOCAL })]),
  ),
];

const LAYOUT: readonly HostileArchive[] = [
  hostile('NOT_AN_ARCHIVE', 'an empty file', () => Buffer.alloc(0)),
  hostile('NOT_AN_ARCHIVE', 'a text', () => LONG_TEXT),
  hostile('NOT_AN_ARCHIVE', 'an archive that breaks off', () => writeRawZip([file('a'), file('b')]).subarray(0, -30)),
  hostile('NOT_AN_ARCHIVE', 'a central directory that is none', () =>
    writeRawZip([], { inDirectory: Buffer.alloc(46), end: (record) => record.fill(1, 8, 9).fill(1, 10, 11) }),
  ),
  hostile('NOT_AN_ARCHIVE', 'one part of several', () =>
    writeRawZip([], { end: (record) => record.writeUInt16LE(1, 4) }),
  ),
  hostile('NOT_AN_ARCHIVE', 'a count for this part that differs', () =>
    writeRawZip([file('a')], { end: (record) => record.writeUInt16LE(0, 8) }),
  ),
  hostile('ZIP64_UNSUPPORTED', 'a zip64 locator', () =>
    writeRawZip([file('a')], {
      inDirectory: Buffer.concat([Buffer.from('PK\u0006\u0007', 'latin1'), Buffer.alloc(16)]),
    }),
  ),
  hostile('ZIP64_UNSUPPORTED', 'a count left to zip64', () =>
    writeRawZip([], { end: (record) => record.fill(0xff, 8, 12) }),
  ),
  hostile('ZIP64_UNSUPPORTED', 'an offset left to zip64', () =>
    writeRawZip([], { end: (record) => record.fill(0xff, 16, 20) }),
  ),
  hostile('TRAILING_DATA', 'bytes after the end', () => writeRawZip([file('a')], { after: TEXT })),
  hostile('TRAILING_DATA', 'a second archive after the end', () =>
    Buffer.concat([writeRawZip([file('a')]), writeRawZip([file('b')])]),
  ),
  hostile('TRAILING_DATA', 'a second archive in the comment', () =>
    writeRawZip([file('a')], { comment: writeRawZip([file('b')]).toString('latin1') }),
  ),
  hostile('TRAILING_DATA', 'an end record in the comment that fits nothing', () =>
    writeRawZip([file('a')], { comment: endRecord(0, 0, 0).fill(9, 20).toString('latin1') }),
  ),
  hostile('TRAILING_DATA', 'a program before the archive', () => writeRawZip([file('a')], { before: TEXT })),
  hostile('TRAILING_DATA', 'a program before the archive, left out of the offsets', () =>
    Buffer.concat([TEXT, writeRawZip([file('a')])]),
  ),
  hostile('TRAILING_DATA', 'bytes between two entries', () => writeRawZip([file('a', { after: TEXT }), file('b')])),
  hostile('TRAILING_DATA', 'bytes before the central directory', () => writeRawZip([file('a', { after: TEXT })])),
  hostile('TRAILING_DATA', 'bytes in the central directory', () => writeRawZip([file('a')], { inDirectory: TEXT })),
  hostile('TRAILING_DATA', 'an entry the end record does not count', () =>
    writeRawZip([file('a'), file('b')], { end: (record) => record.fill(1, 8, 9).fill(1, 10, 11) }),
  ),
  hostile('TRAILING_DATA', 'entries that share their bytes', overlapping),
];

/** Headers that look right, and content that is not what they say. */
const content = (code: ArchiveErrorCode, attack: string, more: Omit<RawEntry, 'name'>): HostileArchive => ({
  ...hostile(code, attack, () => writeRawZip([file('a', more)]), { stage: 'unpack' }),
  entry: file('a', more),
});

const CONTENT: readonly HostileArchive[] = [
  content('CRC_MISMATCH', 'a wrong checksum', { both: { crc32: 1 } }),
  content('CRC_MISMATCH', 'bytes that are not deflated', { packed: Buffer.alloc(7, 0xff), both: { method: 8 } }),
  content('CRC_MISMATCH', 'a deflate stream that breaks off', {
    packed: STORED_BLOCK.subarray(0, 8),
    both: { method: 8 },
  }),
  content('HEADER_MISMATCH', 'more bytes than the header says', { data: LONG_TEXT, both: { method: 8, size: 10 } }),
  content('HEADER_MISMATCH', 'fewer bytes than the header says', { both: { method: 8, size: 100 } }),
  content('HEADER_MISMATCH', 'bytes hidden behind the deflate stream', {
    packed: Buffer.concat([STORED_BLOCK, TEXT]),
    both: { method: 8 },
  }),
];

/** At least one archive for every code a hostile archive can get; each must be refused with exactly that code. */
export const HOSTILE_ARCHIVES: readonly HostileArchive[] = [
  ...LIMITS,
  ...PATHS,
  ...KINDS,
  ...HEADERS,
  ...LAYOUT,
  ...CONTENT,
];

/** The outer entry's data is a whole second entry, which the central directory lists too. */
function overlapping(): Buffer {
  const inner = writeRawZip([file('inner')]).subarray(0, 30 + 'inner'.length + TEXT.length);
  const { record } = describe(file('inner'));
  const outer = writeRawZip([file('outer', { data: inner })]);
  const at = outer.readUInt32LE(outer.length - 6);
  const directoryBytes = outer.length - 22 - at + 46 + 'inner'.length;
  const second = centralHeader(record, 30 + 'outer'.length);
  return Buffer.concat([outer.subarray(0, outer.length - 22), second, endRecord(2, directoryBytes, at)]);
}
