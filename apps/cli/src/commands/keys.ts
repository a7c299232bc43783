import type { PublisherKeyView } from '@hansa/contracts';
import { AccountClient } from '@hansa/hub-client';
import type { Command } from 'commander';
import { readCredentials, readHubUrl, type AccountOptions } from '../account-options.js';
import { CliError, EXIT } from '../cli-error.js';
import { readPublicKey } from '../key-files.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ export HANSA_PASSWORD=…                                or: --password-file ~/.config/hansa-password
  $ hansa keys list --hub https://hub.example --email ada@acme.example
  $ hansa keygen --out laptop.json
  $ hansa keys add laptop.pub.json --name laptop --hub https://hub.example --email ada@acme.example
  $ hansa keys revoke <kid> --reason 'The laptop was stolen.' --hub https://hub.example --email ada@acme.example

A token that publishes cannot change keys, so these ask for your password, and with --code for the one of your authenticator.
Revoking is at once: nothing more is taken with that key. Releases it has signed stay published; yank those you do not trust.`;

interface KeysOptions extends AccountOptions {
  readonly code?: string;
  readonly publisher?: string;
  readonly json?: boolean;
}

/** `hansa keys`: lists, adds and revokes the keys a publisher signs with. */
export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description('the keys you sign with: list, add, revoke')
    .addHelpText('after', EXAMPLES);
  withAccount(keys.command('list').description('list every key, those that are over too')).action(
    async (options: KeysOptions) => {
      const items = await signedIn(terminal, options, (client) => client.keys());
      report(terminal, options.json ?? false, { items }, items.map(describe));
    },
  );
  withAccount(keys.command('add').description('add a public key'))
    .argument('<file>', 'public key, made by hansa keygen')
    .requiredOption('--name <name>', 'what you call it')
    .action(async (file: string, options: KeysOptions & { readonly name: string }) => {
      const key = JSON.stringify(await readPublicKey(file));
      const added = await signedIn(terminal, options, (client) => client.addKey(options.name, key));
      report(terminal, options.json ?? false, added, [describe(added)]);
    });
  withAccount(keys.command('revoke').description('end a key at once'))
    .argument('<kid>', 'its thumbprint, as list shows it')
    .requiredOption('--reason <text>', 'for whoever asks later')
    .action(async (kid: string, options: KeysOptions & { readonly reason: string }) => {
      const revoked = await signedIn(terminal, options, (client) => client.revokeKey(kid, options.reason));
      report(terminal, options.json ?? false, revoked, [describe(revoked)]);
    });
}

function withAccount(command: Command): Command {
  return command
    .requiredOption('--hub <url>', 'address of the hub')
    .requiredOption('--email <address>', 'of your account')
    .option('--password-file <file>', 'file with your password (default: the variable HANSA_PASSWORD)')
    .option('--code <code>', 'of your authenticator app')
    .option('--publisher <id>', 'for whom, if your account acts for several')
    .option('--allow-http', 'send the password without encryption to a hub that is not on this machine')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES);
}

/** @throws {CliError} PUBLISHER_REQUIRED */
async function signedIn<T>(
  terminal: Terminal,
  options: KeysOptions,
  work: (client: AccountClient) => Promise<T>,
): Promise<T> {
  const client = new AccountClient({ baseUrl: readHubUrl(options), fetch });
  await client.signIn({ ...(await readCredentials(terminal, options)), code: options.code });
  try {
    if ((await client.actFor(options.publisher)) === undefined) {
      const message = 'Your account acts for no publisher, or for several: name one with --publisher.';
      throw new CliError('PUBLISHER_REQUIRED', message, { exitCode: EXIT.usage });
    }
    return await work(client);
  } finally {
    await client.signOut();
  }
}

function describe({
  kid,
  name,
  added_at: added,
  valid_until: until,
  revoked_at: revoked,
  revoked_reason: why,
}: PublisherKeyView) {
  const end = revoked ? `revoked ${revoked}: ${why ?? ''}` : until ? `until ${until}` : 'valid';
  return `${kid}  ${name}  added ${added}  ${end}`;
}
