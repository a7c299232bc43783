import { chmod, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { ArchiveError, type ArchiveErrorCode } from './archive-error.js';
import { DIRECTORY_MODE, type WritableEntry } from './write-entries.js';

/** From the build always, also when this is run from its sources: a thread is started from JavaScript. */
const THREAD = createRequire(import.meta.url).resolve('@hansa/archive/unpack-thread');
/** Buffers die young here: with little room for the young they are collected early, and the thread stays small. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 2 };

export interface ExtractProgress {
  readonly entriesDone: number;
  readonly entriesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** What the thread that unpacks is told. */
export interface UnpackOrder {
  readonly file: string | Uint8Array;
  readonly entries: readonly WritableEntry[];
  readonly root: string;
}

/** What it says: how many bytes one more entry had, or why it stopped. */
export type UnpackReport =
  | { readonly written: number }
  | { readonly refused: { readonly code: ArchiveErrorCode; readonly message: string; readonly path?: string } };

/**
 * Does what `Archive.extractTo` promises, in a thread: unpacking is work for the processor and the disk, and nobody else should wait
 * for it. The paths have passed `readArchive`, so none leads out of `directory`.
 */
export async function extractEntries(
  file: string | Buffer,
  entries: readonly WritableEntry[],
  directory: string,
  onProgress: (progress: ExtractProgress) => void = () => undefined,
): Promise<void> {
  await mkdir(directory).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ArchiveError('TARGET_EXISTS', 'The directory to unpack into exists.', { path: directory, cause });
  });
  const bytesTotal = entries.reduce((sum, { size }) => sum + size, 0);
  let bytesDone = 0;
  let entriesDone = 0;
  try {
    await chmod(directory, DIRECTORY_MODE);
    await inThread({ file, entries, root: directory }, (written) => {
      bytesDone += written;
      entriesDone += 1;
      onProgress({ entriesDone, entriesTotal: entries.length, bytesDone, bytesTotal });
    });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function inThread(order: UnpackOrder, onWritten: (bytes: number) => void): Promise<void> {
  const thread = new Worker(THREAD, { workerData: order, execArgv: [], resourceLimits: RESOURCE_LIMITS });
  await new Promise<void>((resolve, reject) => {
    thread.on('message', (report: UnpackReport) => {
      if ('written' in report) onWritten(report.written);
      else reject(new ArchiveError(report.refused.code, report.refused.message, report.refused));
    });
    thread.once('error', reject);
    thread.once('exit', () => resolve());
  });
}
