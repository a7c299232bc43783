import type { Command } from 'commander';
import type { TokenOptions } from '../account-options.js';
import { clientFor, readPackageName, withToken } from '../own-release.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa deprecate @acme/radar --hub https://hub.example --message 'Use the new one.' --successor @acme/sonar
  $ hansa deprecate @acme/radar --hub https://hub.example --undo

A deprecated package stays to be had and runs on; shops that have it are told, and what to move to.`;

interface DeprecateOptions extends TokenOptions {
  readonly message?: string;
  readonly successor?: string;
  readonly undo?: boolean;
}

/** `hansa deprecate`: says that a package is no longer cared for. */
export function addDeprecate(program: Command, terminal: Terminal): void {
  withToken(program.command('deprecate').description('say that a package is no longer cared for'))
    .argument('<package>', '@vendor/name')
    .option('--message <text>', 'for the shops that have it', 'It is no longer cared for.')
    .option('--successor <package>', 'what takes its place')
    .option('--undo', 'take it back')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: DeprecateOptions) => {
      const { message = '', successor, undo, json = false } = options;
      const name = readPackageName(text);
      const client = await clientFor(terminal, options);
      if (undo) {
        await client.undeprecate(name);
        report(terminal, json, { marketplace_id: name, deprecated: false }, [`${name}: no longer deprecated`]);
        return;
      }
      const next = successor === undefined ? {} : { successor: readPackageName(successor) };
      const notice = await client.deprecate(name, { message, ...next });
      report(terminal, json, notice, [`${name}: deprecated since ${notice.since}`]);
    });
}
