import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Entry, type ZipFile } from 'yauzl';
import { ArchiveError } from './archive-error.js';
import { type ByteSource } from './byte-source.js';
import { unpack, unpackWhole } from './entry-content.js';
import { inParallel } from './in-parallel.js';

const DIRECTORY_MODE = 0o755;
/** Up to this size, packed and unpacked, a file is held in memory; larger ones are streamed. */
const WHOLE_BYTES = 1024 * 1024;

export interface ExtractProgress {
  readonly entriesDone: number;
  readonly entriesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

interface Extractable {
  readonly record: Entry;
  readonly path: string;
  readonly dataStart: number;
  readonly size: number;
  readonly isDirectory: boolean;
  readonly executable: boolean;
}

/** Does what `Archive.extractTo` promises. The paths have passed `readArchive`, so none leads out of `directory`. */
export async function extractEntries(
  source: ByteSource,
  entries: readonly Extractable[],
  directory: string,
  onProgress: (progress: ExtractProgress) => void = () => undefined,
): Promise<void> {
  await makeDirectory(directory).catch((cause: unknown) => {
    if (!isExists(cause)) throw cause;
    throw new ArchiveError('TARGET_EXISTS', 'The directory to unpack into exists.', { path: directory, cause });
  });
  try {
    await writeEntries(source, entries, directory, onProgress);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function writeEntries(
  source: ByteSource,
  entries: readonly Extractable[],
  root: string,
  onProgress: (progress: ExtractProgress) => void,
): Promise<void> {
  const bytesTotal = entries.reduce((sum, { size }) => sum + size, 0);
  const directories = new Set([root]);
  for (const { path, isDirectory } of entries) {
    await makeDirectories(isDirectory ? join(root, path) : dirname(join(root, path)), directories);
  }
  const zip = await source.openZip();
  let bytesDone = 0;
  let entriesDone = 0;
  await inParallel(entries, async (entry) => {
    if (!entry.isDirectory) await writeFile(join(root, entry.path), entry, source, zip);
    bytesDone += entry.size;
    entriesDone += 1;
    onProgress({ entriesDone, entriesTotal: entries.length, bytesDone, bytesTotal });
  });
  const files = entries.filter(({ isDirectory }) => !isDirectory).map(({ path }) => join(root, path));
  // At the end and not file by file: by then the system has written most of it, and the wait is short.
  await inParallel(process.platform === 'win32' ? files : [...files, ...directories, dirname(root)], sync);
}

/** `wx` refuses to follow or overwrite whatever should already be there; the mode is fixed, whatever the umask. */
async function writeFile(target: string, entry: Extractable, source: ByteSource, zip: ZipFile): Promise<void> {
  const { record, path, dataStart, executable } = entry;
  const isSmall = Math.max(record.compressedSize, record.uncompressedSize) <= WHOLE_BYTES;
  const content = isSmall ? [await unpackWhole(source, record, dataStart, path)] : unpack(zip, record, path);
  const handle = await open(target, 'wx', 0o600);
  try {
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.chmod(executable ? 0o755 : 0o644);
  } finally {
    await handle.close();
  }
}

async function makeDirectories(path: string, made: Set<string>): Promise<void> {
  if (made.has(path)) return;
  await makeDirectories(dirname(path), made);
  await makeDirectory(path);
  made.add(path);
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, DIRECTORY_MODE);
  const handle = await open(path, 'r');
  await handle.chmod(DIRECTORY_MODE);
  await handle.close();
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isExists(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}
