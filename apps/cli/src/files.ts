import { readFile } from 'node:fs/promises';
import { CliError, EXIT } from './cli-error.js';

/** @throws {CliError} FILE_UNREADABLE */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CliError('FILE_UNREADABLE', `${path} cannot be read (${reasonOf(cause)}).`, {
      exitCode: EXIT.usage,
      cause,
    });
  }
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
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
