import type { Credentials } from '@hansa/hub-client';
import { CliError, EXIT } from './cli-error.js';
import { readBytes } from './files.js';
import type { Terminal } from './terminal.js';

export interface HubOptions {
  readonly hub: string;
  readonly allowHttp?: boolean;
}

/** What a command needs that acts with a token. */
export interface TokenOptions extends HubOptions {
  readonly tokenFile?: string;
  readonly json?: boolean;
}

export interface AccountOptions extends HubOptions {
  readonly email: string;
  readonly passwordFile?: string;
}

/** The address of the hub, without a slash at the end. @throws {CliError} HUB_URL_INVALID or HUB_NOT_HTTPS */
export function readHubUrl({ hub, allowHttp = false }: HubOptions): string {
  const url = URL.canParse(hub) ? new URL(hub) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw new CliError('HUB_URL_INVALID', 'The address of the hub is not an http(s) URL.', { exitCode: EXIT.usage });
  }
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  // Eavesdropping: whoever reads the token on the way can publish in the publisher's name.
  if (url.protocol === 'http:' && !isHere && !allowHttp) {
    throw new CliError('HUB_NOT_HTTPS', 'The token would travel without encryption. Use https, or --allow-http.', {
      exitCode: EXIT.usage,
    });
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** A password is never an argument: other users of a machine can read those. @throws {CliError} PASSWORD_MISSING */
export async function readCredentials(
  { env }: Terminal,
  { email, passwordFile }: AccountOptions,
): Promise<Credentials & { readonly email: string }> {
  const text = passwordFile === undefined ? env['HANSA_PASSWORD'] : (await readBytes(passwordFile)).toString('utf8');
  const password = text?.replace(/\r?\n$/, '');
  if (password) return { email, password };
  const message = 'Set HANSA_PASSWORD, or name a file with --password-file.';
  throw new CliError('PASSWORD_MISSING', message, { exitCode: EXIT.usage });
}

/** The token of a publisher, from the environment or a file. @throws {CliError} TOKEN_MISSING */
export async function readToken({ env }: Terminal, { tokenFile }: TokenOptions): Promise<string> {
  const token = (tokenFile === undefined ? env['HANSA_TOKEN'] : (await readBytes(tokenFile)).toString('utf8'))?.trim();
  if (token && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new CliError('TOKEN_MISSING', 'Set HANSA_TOKEN, or name a file with --token-file.', { exitCode: EXIT.usage });
}
