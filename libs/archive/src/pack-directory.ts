import { open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { crc32 } from 'node:zlib';
import { deflateSync } from 'fflate';
import { ArchiveError } from './archive-error.js';
import { type ArchiveLimits } from './archive-limits.js';
import { readEntryPath } from './entry-path.js';
import { hashFile } from './hash-file.js';
import { readArchive } from './read-archive.js';
import { centralHeader, endRecord, localHeader, type ZipRecord } from './zip-records.js';

/** Names left out at every level unless the caller says otherwise: what tools leave behind and no plugin needs. */
export const DEFAULT_IGNORE: readonly string[] = ['.git', '.DS_Store'];

const UTF8_NAME = 0x800;
const FILE_MODE = 0o100644;
const DIRECTORY_MODE = 0o040755;

export interface PackOptions {
  /** Names of files and directories left out, at every level. Replaces the default. */
  readonly ignore?: readonly string[];
  readonly limits?: Partial<ArchiveLimits>;
}

export interface Packed {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** How many files and empty directories are in it. */
  readonly entries: number;
}

/**
 * Packs a directory into the zip `out`, replacing it. The same content gives the same bytes on every machine: names are in
 * byte order, times and modes are fixed, and the compressor is JavaScript (the zlib of Node compresses differently from one
 * processor to the next). What is written passes `readArchive`, or nothing is.
 *
 * @throws {ArchiveError} SYMLINK, DEVICE, OUTPUT_INSIDE_DIRECTORY, or the code of the limit or path rule it breaks
 */
export async function packDirectory(directory: string, out: string, options: PackOptions = {}): Promise<Packed> {
  const ignore = options.ignore ?? DEFAULT_IGNORE;
  refuseOutputInside(directory, out, ignore);
  const names = (await listNames(directory, '', ignore)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const partial = `${out}.partial`;
  try {
    await writeZip(directory, names, partial);
    await readArchive(partial, options.limits);
    await rename(partial, out);
  } finally {
    await rm(partial, { force: true });
  }
  return { ...(await hashFile(out)), entries: names.length };
}

/** Names below `prefix`, forward slashes; an empty directory is listed with a trailing slash, so that none is lost. */
async function listNames(directory: string, prefix: string, ignore: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const child of await readdir(join(directory, prefix), { withFileTypes: true })) {
    if (ignore.includes(child.name)) continue;
    const name = prefix + child.name;
    if (child.isDirectory()) {
      const below = await listNames(directory, `${name}/`, ignore);
      names.push(...(below.length > 0 ? below : [`${name}/`]));
    } else if (child.isFile()) {
      names.push(name);
    } else {
      const code = child.isSymbolicLink() ? 'SYMLINK' : 'DEVICE';
      throw new ArchiveError(code, 'Only files and directories can be packed.', { path: name });
    }
  }
  return names;
}

async function writeZip(directory: string, names: readonly string[], out: string): Promise<void> {
  const handle = await open(out, 'w');
  try {
    const central: Buffer[] = [];
    let offset = 0;
    for (const name of names) {
      const { record, data } = await recordOf(directory, name);
      central.push(centralHeader(record, offset));
      offset += await write(handle, localHeader(record), data);
    }
    const directoryBytes = await write(handle, ...central);
    await write(handle, endRecord(names.length, directoryBytes, offset));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function recordOf(directory: string, name: string): Promise<{ record: ZipRecord; data: Uint8Array }> {
  const bytes = Buffer.from(name);
  readEntryPath(bytes, true, Infinity); // refuses here what would otherwise be refused with the file half written
  const isDirectory = name.endsWith('/');
  const content = isDirectory ? Buffer.alloc(0) : await readFile(join(directory, name));
  const deflated = deflateSync(content, { level: 9, mem: 8 });
  const method = deflated.length < content.length ? 8 : 0;
  const data = method === 8 ? deflated : content;
  const record = {
    name: bytes,
    flags: UTF8_NAME,
    method,
    crc32: crc32(content),
    compressedSize: data.length,
    size: content.length,
    extra: Buffer.alloc(0),
    mode: isDirectory ? DIRECTORY_MODE : FILE_MODE,
  };
  return { record, data };
}

async function write(handle: FileHandle, ...parts: readonly Uint8Array[]): Promise<number> {
  const bytes = Buffer.concat(parts);
  await handle.writeFile(bytes);
  return bytes.length;
}

/** A second run would pack the first one's result. */
function refuseOutputInside(directory: string, out: string, ignore: readonly string[]): void {
  const segments = relative(resolve(directory), resolve(out)).split(sep);
  if (segments[0] !== '..' && !segments.some((name) => ignore.includes(name))) {
    throw new ArchiveError('OUTPUT_INSIDE_DIRECTORY', 'The archive would be inside what it packs.', { path: out });
  }
}
