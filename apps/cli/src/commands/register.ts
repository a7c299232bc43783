import { AccountClient } from '@hansa/hub-client';
import type { Command } from 'commander';
import { readCredentials, readHubUrl, type AccountOptions } from '../account-options.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ export HANSA_PASSWORD=…                       at least 12 characters; or: --password-file
  $ hansa register --hub https://hub.example --email ada@acme.example

A letter with a code follows; hansa setup takes it.`;

/** `hansa register`: asks a hub for an account. */
export function addRegister(program: Command, terminal: Terminal): void {
  program
    .command('register')
    .description('ask a hub for an account')
    .requiredOption('--hub <url>', 'address of the hub')
    .requiredOption('--email <address>', 'where the letter goes')
    .option('--password-file <file>', 'file with your password (default: the variable HANSA_PASSWORD)')
    .option('--allow-http', 'send the password without encryption to a hub that is not on this machine')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: AccountOptions & { json?: boolean }) => {
      const client = new AccountClient({ baseUrl: readHubUrl(options), fetch });
      const credentials = await readCredentials(terminal, options);
      await client.register(credentials);
      const lines = [`a letter with a code is on its way to ${credentials.email}`, 'next: hansa setup --code …'];
      report(terminal, options.json ?? false, { sent: true, email: credentials.email }, lines);
    });
}
