import { readFile } from 'node:fs/promises';
import type { ListingRequest, ReleaseFinding } from '@hansa/contracts';
import { checkPackage, readOsv, severityOf, type DependencyAdvisory } from '@hansa/package-checks';
import type { Command } from 'commander';
import { CliError, EXIT } from '../cli-error.js';
import { assertReadable, parseJson, readJson } from '../files.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa check out/radar-1.2.3.zip
  $ hansa check out/radar-1.2.3.zip --listing listing.json
  $ hansa check out/radar-1.2.3.zip --advisories osv.ndjson     dependencies against an OSV database

The hub makes the same checks with the same code. An error would be refused by it; a warning makes a person look. The plugin
is installed, asked for its health and uninstalled in the host that shops use, without any right but its own files.`;

interface CheckOptions {
  readonly listing?: string;
  readonly advisories?: string;
  readonly json?: boolean;
}

/** `hansa check`: says what the hub would find. */
export function addCheck(program: Command, terminal: Terminal): void {
  program
    .command('check')
    .description('make the checks of the hub on this machine')
    .argument('<zip>', 'a zip made by hansa pack')
    .option('--listing <file>', 'the product page, checked too')
    .option('--advisories <file>', 'OSV database: a JSON array, or one entry a line (.ndjson)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (zip: string, options: CheckOptions) => check(terminal, zip, options));
}

/** @throws {CliError} CHECK_FAILED when the hub would refuse the package */
async function check(terminal: Terminal, zip: string, { listing, advisories, json = false }: CheckOptions) {
  await assertReadable(zip);
  const page = listing === undefined ? undefined : ((await readJson(listing)) as ListingRequest);
  const findings = await checkPackage(zip, {
    listing: page,
    advisories: advisories === undefined ? undefined : await readAdvisories(advisories),
    onCheck: (name) => {
      if (!json) terminal.err(`checking ${name}\n`);
    },
  });
  const refused = severityOf(findings) === 'error';
  const verdict = findings.length === 0 ? 'nothing found' : `${findings.length} found`;
  report(terminal, json, { ok: !refused, findings }, [...findings.map(describeFinding), verdict]);
  if (refused) throw new CliError('CHECK_FAILED', 'The hub would refuse this package.', { printed: json });
}

/** One line a finding: severity, check, place, what it is, what to do. */
export function describeFinding({ check, severity, message, file, line, advice }: ReleaseFinding): string {
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `  ${severity} ${check}${place}: ${message}${advice === undefined ? '' : ` – ${advice}`}`;
}

/** @throws {CliError} FILE_UNREADABLE or JSON_INVALID */
async function readAdvisories(file: string): Promise<DependencyAdvisory[]> {
  await assertReadable(file);
  const bytes = await readFile(file);
  const entries = /\.(ndjson|jsonl)$/.test(file)
    ? bytes
        .toString('utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => parseJson(Buffer.from(line), file))
    : parseJson(bytes, file);
  if (!Array.isArray(entries)) {
    throw new CliError('JSON_INVALID', `${file} is no list of OSV entries.`, { exitCode: EXIT.usage });
  }
  return entries.flatMap(readOsv);
}
