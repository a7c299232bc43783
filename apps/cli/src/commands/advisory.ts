import { ADVISORY_SEVERITIES, type Advisory, type AdvisorySeverity } from '@hansa/contracts';
import { Option, type Command } from 'commander';
import type { TokenOptions } from '../account-options.js';
import { clientFor, readPackageName, withToken } from '../own-release.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa advisory publish @acme/radar --hub https://hub.example --affected '>=1.0.0 <1.2.4' --fixed-in 1.2.4 \\
      --severity high --summary 'A crafted order name runs as code.' --reference https://acme.example/advisories/3
  $ hansa advisory list @acme/radar --hub https://hub.example
  $ hansa advisory withdraw adv_01… --hub https://hub.example --reason 'It was another package.'

Publish the fix first, with "security": true in its manifest.json: shops then take it at once, without their usual wait. Every
shop is told; those on an affected version warn their admins until they are off it.`;

interface AdvisoryOptions extends TokenOptions {
  readonly affected: string;
  readonly fixedIn?: string;
  readonly severity: AdvisorySeverity;
  readonly summary: string;
  readonly reference: readonly string[];
}

interface WithdrawOptions extends TokenOptions {
  readonly reason: string;
}

/** `hansa advisory`: tells shops what is wrong with which versions. */
export function addAdvisory(program: Command, terminal: Terminal): void {
  const advisory = program
    .command('advisory')
    .description('tell shops about a vulnerability')
    .addHelpText('after', EXAMPLES);
  withToken(advisory.command('publish').description('publish an advisory'))
    .argument('<package>', '@vendor/name')
    .requiredOption('--affected <range>', 'affected versions, a SemVer range')
    .option('--fixed-in <version>', 'the first version without it')
    .addOption(new Option('--severity <how bad>').choices([...ADVISORY_SEVERITIES]).makeOptionMandatory())
    .requiredOption('--summary <text>', 'one sentence for the people who run it')
    .option('--reference <url…>', 'where to read more', (url: string, urls: string[]) => [...urls, url], [])
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: AdvisoryOptions) => {
      const { affected, fixedIn, severity, summary, reference } = options;
      const client = await clientFor(terminal, options);
      const made = await client.publishAdvisory(readPackageName(name), {
        affected,
        severity,
        summary,
        ...(fixedIn === undefined ? {} : { fixed_in: fixedIn }),
        ...(reference.length === 0 ? {} : { references: [...reference] }),
      });
      report(terminal, options.json ?? false, made, [describe(made)]);
    });
  withToken(advisory.command('list').description('list the advisories of a package'))
    .argument('<package>', '@vendor/name')
    .action(async (name: string, options: TokenOptions) => {
      const list = await (await clientFor(terminal, options)).advisories(readPackageName(name));
      report(terminal, options.json ?? false, list, list.items.map(describe));
    });
  withToken(advisory.command('withdraw').description('say that an advisory was wrong'))
    .argument('<id>', 'adv_…')
    .requiredOption('--reason <text>', 'for the shops that were warned')
    .action(async (id: string, options: WithdrawOptions) => {
      const withdrawn = await (await clientFor(terminal, options)).withdrawAdvisory(id, options.reason);
      report(terminal, options.json ?? false, withdrawn, [describe(withdrawn)]);
    });
}

function describe({
  advisory_id: id,
  affected,
  fixed_in: fixedIn,
  severity,
  summary,
  withdrawn_at: withdrawn,
}: Advisory): string {
  const state = withdrawn === undefined ? severity : `withdrawn ${withdrawn}`;
  return `${id}  ${affected}${fixedIn === undefined ? '' : `, fixed in ${fixedIn}`}  ${state}  ${summary}`;
}
