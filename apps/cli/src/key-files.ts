import { open, rm, stat } from 'node:fs/promises';
import {
  readEd25519PrivateKey,
  readEd25519PublicKey,
  type Ed25519PrivateJwk,
  type Ed25519PublicJwk,
} from '@hansa/trust';
import { CliError } from './cli-error.js';
import { readJson, reasonOf } from './files.js';
import type { Terminal } from './terminal.js';

/** `publisher-key.json` → `publisher-key.pub.json`. */
export function publicKeyPath(privateKeyPath: string): string {
  return `${privateKeyPath.replace(/\.json$/, '')}.pub.json`;
}

/**
 * Writes both halves of a key. Neither file may exist: overwriting a key would orphan every release signed with it.
 *
 * @throws {CliError} FILE_EXISTS or FILE_UNWRITABLE
 */
export async function writeKeyPair(path: string, privateJwk: Ed25519PrivateJwk, publicJwk: object): Promise<void> {
  await writeNew(path, privateJwk, 0o600);
  try {
    await writeNew(publicKeyPath(path), publicJwk, 0o644);
  } catch (error) {
    await rm(path);
    throw error;
  }
}

async function writeNew(path: string, value: object, mode: number): Promise<void> {
  try {
    // `wx` creates the file with its mode or fails: there is no moment in which others could read it.
    const file = await open(path, 'wx', mode);
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.close();
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === 'EEXIST')
      throw new CliError('FILE_EXISTS', `${path} exists already and is left as it is.`, { cause });
    throw new CliError('FILE_UNWRITABLE', `${path} cannot be written (${reason}).`, { cause });
  }
}

/** @throws {CliError} FILE_UNREADABLE or JSON_INVALID; {TrustError} KEY_MALFORMED or KEY_WEAK */
export async function readPrivateKey(path: string, terminal: Terminal): Promise<Ed25519PrivateJwk> {
  const key = readEd25519PrivateKey(await readJson(path));
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    terminal.err(`hansa: warning: other users of this machine can read ${path}; chmod 600 it\n`);
  }
  return key;
}

/** @throws {CliError} FILE_UNREADABLE or JSON_INVALID; {TrustError} KEY_MALFORMED, KEY_WEAK or KEY_PRIVATE */
export async function readPublicKey(path: string): Promise<Ed25519PublicJwk> {
  return readEd25519PublicKey(await readJson(path));
}
