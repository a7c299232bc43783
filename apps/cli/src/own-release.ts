import { MARKETPLACE_ID, SEMVER } from '@hansa/contracts';
import { PublisherClient } from '@hansa/hub-client';
import type { Command } from 'commander';
import { readHubUrl, readToken, type TokenOptions } from './account-options.js';
import { CliError, EXIT } from './cli-error.js';
import type { Terminal } from './terminal.js';

const PAGE = 100;

/** The options of every command that acts with a token. */
export function withToken(command: Command): Command {
  return command
    .requiredOption('--hub <url>', 'address of the hub')
    .option('--token-file <file>', 'file with your access token (default: the variable HANSA_TOKEN)')
    .option('--allow-http', 'send the token without encryption to a hub that is not on this machine')
    .option('--json', 'print one JSON object');
}

export async function clientFor(terminal: Terminal, options: TokenOptions): Promise<PublisherClient> {
  return new PublisherClient({ baseUrl: readHubUrl(options), token: await readToken(terminal, options), fetch });
}

/** @throws {CliError} PACKAGE_INVALID */
export function readPackageName(text: string): string {
  if (MARKETPLACE_ID.test(text)) return text;
  throw new CliError('PACKAGE_INVALID', 'A package is named @vendor/name.', { exitCode: EXIT.usage });
}

/**
 * Finds the id of one of the publisher's own releases, named `@vendor/name@1.2.3`.
 *
 * @throws {CliError} RELEASE_INVALID, RELEASE_NOT_FOUND
 */
export async function findOwnRelease(client: PublisherClient, text: string): Promise<string> {
  const at = text.lastIndexOf('@');
  const [name, version] = [text.slice(0, at), text.slice(at + 1)];
  if (!MARKETPLACE_ID.test(name) || !SEMVER.test(version)) {
    throw new CliError('RELEASE_INVALID', 'A release is named @vendor/name@1.2.3.', { exitCode: EXIT.usage });
  }
  for (let offset = 0; ; offset += PAGE) {
    const { items, count } = await client.releasesOf(name, PAGE, offset);
    const found = items.find((each) => each.version === version);
    if (found) return found.id;
    if (offset + PAGE >= count) throw new CliError('RELEASE_NOT_FOUND', `You have no release ${text} at this hub.`);
  }
}
