import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@hansa/trust';
import { PackageRefused } from './installer.errors.js';

/** One migration of a release: `migrations/0001-create-ledger.up.sql` and its `.down.sql`. */
export interface MigrationFile {
  /** `0001-create-ledger`. */
  readonly name: string;
  readonly up: string;
  /** Null when it is irreversible. */
  readonly down: string | null;
  readonly checksum: string;
}

const NAME = /^(\d{4}-[a-z0-9][a-z0-9-]{0,79})\.(up|down)\.sql$/;
/** First line of an up file that no down file takes back. */
const IRREVERSIBLE = /^-- irreversible: \S.*/;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_FILES = 1_000;

/** The migrations of an unpacked release, in the order they run. @throws {PackageRefused} MIGRATIONS_INVALID */
export async function readMigrations(releaseDir: string): Promise<MigrationFile[]> {
  const folder = join(releaseDir, 'migrations');
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) throw invalid('The manifest promises migrations and there are none.');
  if (names.length > MAX_FILES) throw invalid('There are too many migrations.');
  const files = new Map<string, string>();
  for (const name of names.sort()) {
    if (!NAME.test(name)) throw invalid(`${name} is no name of a migration.`);
    if ((await stat(join(folder, name))).size > MAX_FILE_BYTES) throw invalid(`${name} is too large.`);
    files.set(name, await readFile(join(folder, name), 'utf8'));
  }
  return pairUp(files);
}

/** Pairs up and down files by name. @throws {PackageRefused} MIGRATIONS_INVALID */
export function pairUp(files: ReadonlyMap<string, string>): MigrationFile[] {
  const names = [...new Set([...files.keys()].map((file) => NAME.exec(file)?.[1] ?? ''))].sort();
  const numbers = names.map((name) => name.slice(0, 4));
  const twice = numbers.find((number, i) => numbers.indexOf(number) !== i);
  if (twice !== undefined) throw invalid(`Two migrations have the number ${twice}.`);
  return names.map((name) => {
    const up = files.get(`${name}.up.sql`);
    const down = files.get(`${name}.down.sql`) ?? null;
    if (up === undefined) throw invalid(`${name} has a down file and no up file.`);
    const isIrreversible = IRREVERSIBLE.test(up);
    if (down === null && !isIrreversible) throw invalid(`${name} has no down file and is not declared irreversible.`);
    if (down !== null && isIrreversible) throw invalid(`${name} is declared irreversible and has a down file.`);
    return { name, up, down, checksum: sha256Hex(Buffer.from(JSON.stringify([up, down]))) };
  });
}

/**
 * What a release has that has not run yet. What has run must be there unchanged, in front of it: a schema nobody can tell the
 * history of cannot be taken back.
 *
 * @throws {PackageRefused} MIGRATIONS_CHANGED
 */
export function pendingOf(
  files: readonly MigrationFile[],
  applied: readonly { readonly name: string; readonly checksum: string }[],
): MigrationFile[] {
  for (const [i, { name, checksum }] of applied.entries()) {
    const file = files[i];
    if (file?.name !== name)
      throw new PackageRefused('MIGRATIONS_CHANGED', `${name} has run here and is not where it was.`);
    if (file.checksum !== checksum)
      throw new PackageRefused('MIGRATIONS_CHANGED', `${name} has run here and was changed since.`);
  }
  return files.slice(applied.length);
}

function invalid(message: string): PackageRefused {
  return new PackageRefused('MIGRATIONS_INVALID', message);
}
