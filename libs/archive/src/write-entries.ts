import { chmodSync, closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ByteSource } from './byte-source.js';
import { unpack, unpackNow, type PackedEntry } from './entry-content.js';

/** Of every directory, whatever the umask. */
export const DIRECTORY_MODE = 0o755;
/** Up to this size, packed and unpacked, a file is held in memory; larger ones are streamed. */
const WHOLE_BYTES = 1024 * 1024;

/** An entry as the thread that writes it needs it: plain data, its path checked by `readArchive`. */
export interface WritableEntry extends PackedEntry {
  readonly isDirectory: boolean;
  readonly executable: boolean;
}

/**
 * Writes entries below `root`, which must exist, and syncs them; for a thread of its own, since it waits for the disk where it stands.
 * `onWritten` is told after each entry how many bytes it had.
 *
 * @throws {ArchiveError} HEADER_MISMATCH or CRC_MISMATCH, at the first entry that is damaged
 */
export async function writeEntries(
  source: ByteSource,
  entries: readonly WritableEntry[],
  root: string,
  onWritten: (bytes: number) => void,
): Promise<void> {
  const directories = new Set([root]);
  const files: string[] = [];
  for (const entry of entries) {
    const target = join(root, entry.path);
    makeDirectories(entry.isDirectory ? target : dirname(target), directories);
    if (!entry.isDirectory) {
      await writeEntry(target, entry, source);
      files.push(target);
    }
    onWritten(entry.size);
  }
  // At the end and not file by file: by then the system has written most of it, and the wait is short.
  for (const path of process.platform === 'win32' ? files : [...files, ...directories, dirname(root)]) sync(path);
}

/** `wx` refuses to follow or overwrite whatever should already be there; the mode is fixed, whatever the umask. */
async function writeEntry(target: string, entry: WritableEntry, source: ByteSource): Promise<void> {
  const isSmall = Math.max(entry.packedSize, entry.size) <= WHOLE_BYTES;
  const content = isSmall ? [unpackNow(source, entry)] : unpack(source, entry);
  const fd = openSync(target, 'wx', 0o600);
  try {
    for await (const chunk of content) writeFileSync(fd, chunk);
    fchmodSync(fd, entry.executable ? 0o755 : 0o644);
  } finally {
    closeSync(fd);
  }
}

function makeDirectories(path: string, made: Set<string>): void {
  if (made.has(path)) return;
  makeDirectories(dirname(path), made);
  mkdirSync(path);
  chmodSync(path, DIRECTORY_MODE);
  made.add(path);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
