import { access, constants, readFile } from 'node:fs/promises';
import { CliError, EXIT } from './cli-error.js';

/** @throws {CliError} FILE_UNREADABLE */
export async function readBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

/** For a file that somebody else opens: says in our words when it is not there. @throws {CliError} FILE_UNREADABLE */
export async function assertReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

function unreadable(path: string, cause: unknown): CliError {
  const message = `${path} cannot be read (${reasonOf(cause)}).`;
  return new CliError('FILE_UNREADABLE', message, { exitCode: EXIT.usage, cause });
}

/** @throws {CliError} FILE_UNREADABLE or JSON_INVALID */
export async function readJson(path: string): Promise<unknown> {
  return parseJson(await readBytes(path), path);
}

/** @throws {CliError} JSON_INVALID */
export function parseJson(bytes: Buffer, name: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new CliError('JSON_INVALID', `${name} is not JSON.`, { cause });
  }
}

/** The system's own word for why a file could not be used: ENOENT, EACCES. */
export function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}
