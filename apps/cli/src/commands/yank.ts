import type { Command } from 'commander';
import type { TokenOptions } from '../account-options.js';
import { clientFor, findOwnRelease, withToken } from '../own-release.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa yank @acme/radar@1.2.3 --hub https://hub.example --reason 'Empties carts.'
  $ hansa unyank @acme/radar@1.2.3 --hub https://hub.example

A yanked release is offered to nobody and cannot be downloaded; shops that run it are told why, and run on. Fix what is wrong
in a new version: this one stands for the same bytes for ever. What an operator yanked, only an operator brings back.`;

interface YankOptions extends TokenOptions {
  readonly reason: string;
}

/** `hansa yank` and `hansa unyank`: takes a release away from shops that do not have it, or brings it back. */
export function addYank(program: Command, terminal: Terminal): void {
  withToken(program.command('yank').description('take a release back that harms'))
    .argument('<release>', '@vendor/name@1.2.3')
    .requiredOption('--reason <text>', 'for the shops that run it')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: YankOptions) => {
      const client = await clientFor(terminal, options);
      const release = await client.yank(await findOwnRelease(client, name), options.reason);
      report(terminal, options.json ?? false, release, [`${name}: ${release.status}`]);
    });
  withToken(program.command('unyank').description('bring a release back that you yanked'))
    .argument('<release>', '@vendor/name@1.2.3')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: TokenOptions) => {
      const client = await clientFor(terminal, options);
      const release = await client.unyank(await findOwnRelease(client, name));
      report(terminal, options.json ?? false, release, [`${name}: ${release.status}`]);
    });
}
