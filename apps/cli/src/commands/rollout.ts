import type { Command } from 'commander';
import type { TokenOptions } from '../account-options.js';
import { CliError, EXIT } from '../cli-error.js';
import { clientFor, findOwnRelease, withToken } from '../own-release.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa rollout @acme/radar@1.3.0 5 --hub https://hub.example       before it is approved: one shop in twenty gets it
  $ hansa rollout @acme/radar@1.3.0 100 --hub https://hub.example     all is well: everybody

Which shops are among the first is drawn anew for every release. Once published the percent only rises. When too many shops
report that it failed, the hub halts the rollout and mails you; setting the percent again ends the halt.`;

/** `hansa rollout`: sets how many percent of the shops are offered a release. */
export function addRollout(program: Command, terminal: Terminal): void {
  withToken(program.command('rollout').description('offer a release to some shops first'))
    .argument('<release>', '@vendor/name@1.3.0')
    .argument('<percent>', 'of the shops, 0 to 100')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, text: string, options: TokenOptions) => {
      const percent = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
      if (!(percent <= 100)) {
        throw new CliError('PERCENT_INVALID', 'Percent is a whole number from 0 to 100.', { exitCode: EXIT.usage });
      }
      const client = await clientFor(terminal, options);
      const release = await client.setRollout(await findOwnRelease(client, name), percent);
      report(terminal, options.json ?? false, release, [`${name}: offered to ${percent} % of the shops`]);
    });
}
