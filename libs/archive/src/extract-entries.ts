import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Entry, type ZipFile } from 'yauzl';
import { ArchiveError } from './archive-error.js';
import { unpack } from './entry-content.js';

const DIRECTORY_MODE = 0o755;

export interface ExtractProgress {
  readonly entriesDone: number;
  readonly entriesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

interface Extractable {
  readonly record: Entry;
  readonly path: string;
  readonly size: number;
  readonly isDirectory: boolean;
  readonly executable: boolean;
}

/** Does what `Archive.extractTo` promises. The paths have passed `readArchive`, so none leads out of `directory`. */
export async function extractEntries(
  zip: ZipFile,
  entries: readonly Extractable[],
  directory: string,
  onProgress: (progress: ExtractProgress) => void = () => undefined,
): Promise<void> {
  await makeDirectory(directory).catch((cause: unknown) => {
    if (!isExists(cause)) throw cause;
    throw new ArchiveError('TARGET_EXISTS', 'The directory to unpack into exists.', { path: directory, cause });
  });
  try {
    await writeEntries(zip, entries, directory, onProgress);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function writeEntries(
  zip: ZipFile,
  entries: readonly Extractable[],
  root: string,
  onProgress: (progress: ExtractProgress) => void,
): Promise<void> {
  const bytesTotal = entries.reduce((sum, { size }) => sum + size, 0);
  const directories = new Set([root]);
  const files: string[] = [];
  let bytesDone = 0;
  for (const [index, entry] of entries.entries()) {
    const target = join(root, entry.path);
    await makeDirectories(entry.isDirectory ? target : dirname(target), directories);
    if (!entry.isDirectory) {
      await writeFile(target, entry, zip);
      files.push(target);
    }
    bytesDone += entry.size;
    onProgress({ entriesDone: index + 1, entriesTotal: entries.length, bytesDone, bytesTotal });
  }
  // At the end and not file by file: by then the system has written most of it, and the wait is short.
  const handles = process.platform === 'win32' ? files : [...files, ...directories, dirname(root)];
  for (const path of handles) await sync(path);
}

/** `wx` refuses to follow or overwrite whatever should already be there; the mode is fixed, whatever the umask. */
async function writeFile(target: string, { record, path, executable }: Extractable, zip: ZipFile): Promise<void> {
  const handle = await open(target, 'wx', 0o600);
  try {
    for await (const chunk of unpack(zip, record, path)) await handle.writeFile(chunk);
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
