import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { type ByteSource } from './byte-source.js';
import { unpack, unpackNow, type PackedEntry } from './entry-content.js';

/** Of every directory, whatever the umask. */
export const DIRECTORY_MODE = 0o755;
/** Up to this size, packed and unpacked, a file is held in memory; larger ones are streamed. */
const WHOLE_BYTES = 1024 * 1024;
/** From this size on, what was unpacked has memory of its own, and enough of it to care. */
const WORTH_LETTING_GO = 64 * 1024;
/** Closed: what is handed over to it is gone. */
const { port1: NOWHERE } = new MessageChannel();
NOWHERE.close();
/** Each sync waits for the journal of the file system, which takes several together. */
const SYNCS_AT_ONCE = 8;

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
  await syncAll(process.platform === 'win32' ? files : [...files, ...directories, dirname(root)]);
}

/** `wx` refuses to follow or overwrite whatever should already be there; the mode is fixed, whatever the umask. */
async function writeEntry(target: string, entry: WritableEntry, source: ByteSource): Promise<void> {
  const isSmall = Math.max(entry.packedSize, entry.size) <= WHOLE_BYTES;
  const whole = isSmall ? unpackNow(source, entry) : null;
  const content = whole ? [whole] : unpack(source, entry);
  const fd = openSync(target, 'wx', 0o600);
  try {
    for await (const chunk of content) writeFileSync(fd, chunk);
    fchmodSync(fd, entry.executable ? 0o755 : 0o644);
  } finally {
    closeSync(fd);
  }
  if (whole && !entry.isStored && whole.length >= WORTH_LETTING_GO) letGo(whole);
}

/** Gives its memory back at once. To the collector it is one small object, and it would let twenty megabytes of them pile up. */
function letGo({ buffer }: Buffer): void {
  NOWHERE.postMessage(null, [buffer as ArrayBuffer]);
}

function makeDirectories(path: string, made: Set<string>): void {
  if (made.has(path)) return;
  makeDirectories(dirname(path), made);
  mkdirSync(path);
  chmodSync(path, DIRECTORY_MODE);
  made.add(path);
}

async function syncAll(paths: readonly string[]): Promise<void> {
  const rest = paths.values();
  const syncRest = async () => {
    for (const path of rest) await sync(path);
  };
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, syncRest));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
