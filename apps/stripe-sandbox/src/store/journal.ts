import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/config.js';
import { type TableName } from './tables.js';

/** One row written, or removed when the row is null. */
export type Change = readonly [table: TableName, id: string, row: { readonly id: string } | null];

/**
 * The file behind the store: one line of JSON for each change, appended in a single write before the change is
 * answered. A process killed at any point leaves whole lines and at most one torn line at the end, which was never
 * answered and is dropped. It promises this for the process, not for a machine that loses power.
 */
export class Journal {
  private readonly path: string;
  private file: number | null = null;
  private size = 0;

  /** @throws {ConfigError} naming DATA_DIR when the folder cannot be made */
  constructor(dataDir: string) {
    this.path = join(dataDir, 'journal.jsonl');
    namingDataDir(() => mkdirSync(dataDir, { recursive: true, mode: 0o700 }));
  }

  /** All changes of earlier runs, oldest first. Reads only: another sandbox may still be writing here. */
  *read(): Generator<Change> {
    const lines = namingDataDir(() => readIfThere(this.path)).split('\n');
    lines.pop(); // after the last line break there is nothing, or the line that was torn
    for (const [index, line] of lines.entries()) {
      let changes: Change[];
      try {
        changes = JSON.parse(line) as Change[];
      } catch {
        throw new ConfigError([
          `DATA_DIR: line ${index + 1} of journal.jsonl is damaged; remove the file to start empty`,
        ]);
      }
      yield* changes;
    }
  }

  /** Replaces the file by a snapshot, in one rename, and opens it for appending. */
  start(snapshot: Iterable<Change>): void {
    namingDataDir(() => {
      const next = `${this.path}.next`;
      const file = openSync(next, 'w', 0o600); // it holds webhook secrets
      this.size = 0;
      for (const change of snapshot) this.size += writeWhole(file, `${JSON.stringify([change])}\n`);
      renameSync(next, this.path);
      this.file = file;
    });
  }

  append(changes: readonly Change[]): void {
    if (this.file === null) throw new Error('The journal has not been started.');
    try {
      this.size += writeWhole(this.file, `${JSON.stringify(changes)}\n`);
    } catch (error) {
      ftruncateSync(this.file, this.size); // a full disk may take half a line; the next one must not be glued to it
      throw error;
    }
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function writeWhole(file: number, text: string): number {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  return bytes.length;
}

function namingDataDir<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ConfigError([`DATA_DIR: cannot be read and written (${code})`]);
  }
}
