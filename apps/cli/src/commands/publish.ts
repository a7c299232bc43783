import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { flatten, ListingRequest, type ReleaseView } from '@hansa/contracts';
import { PublisherClient } from '@hansa/hub-client';
import { releaseKeyId } from '@hansa/trust';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Command } from 'commander';
import { readHubUrl, readToken } from '../account-options.js';
import { CliError, EXIT } from '../cli-error.js';
import { readBytes, readJson } from '../files.js';
import { drawProgress } from '../progress.js';
import { readRelease } from '../release.js';
import { report, type Terminal } from '../terminal.js';
import { describeFinding } from './check.js';

const POLL_MS = 500;

const EXAMPLES = `
Examples:
  $ export HANSA_TOKEN=…                                   or: --token-file ~/.config/hansa-token
  $ hansa publish out/radar-1.2.3.zip --hub https://hub.example --listing listing.json
  $ hansa publish out/radar-1.2.4.zip --hub https://hub.example        the product page stays as it is
  $ hansa publish out/radar-1.2.4.zip --hub https://hub.example --json | jq -r .status

The token is never an argument: other users of a machine can read those. Publishing the same bytes again is harmless; other
bytes under a published version are refused: raise the version. The run ends when the hub has made its checks; with status
in_review a person decides next.`;

interface PublishOptions {
  readonly hub: string;
  readonly listing?: string;
  readonly sig?: string;
  readonly tokenFile?: string;
  readonly wait: string;
  readonly allowHttp?: boolean;
  readonly json?: boolean;
}

/** `hansa publish`: uploads product page and release and waits for the hub's checks. */
export function addPublish(program: Command, terminal: Terminal): void {
  program
    .command('publish')
    .description('upload a signed zip to a hub')
    .argument('<zip>', 'a zip made by hansa pack and signed by hansa sign')
    .requiredOption('--hub <url>', 'address of the hub')
    .option('--listing <file>', 'product page to create or replace: JSON with name, summary, description, price_eur, …')
    .option('--sig <file>', 'signature (default: <zip>.sig)')
    .option('--token-file <file>', 'file with your access token (default: the variable HANSA_TOKEN)')
    .option('--wait <seconds>', 'how long to wait for the checks', '120')
    .option('--allow-http', 'send the token without encryption to a hub that is not on this machine')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (zip: string, options: PublishOptions) => publish(terminal, zip, options));
}

async function publish(terminal: Terminal, zip: string, options: PublishOptions): Promise<void> {
  const { json = false, sig = `${zip}.sig` } = options;
  const tell = (line: string) => {
    if (!json) terminal.err(`${line}\n`);
  };
  const baseUrl = readHubUrl(options);
  const waitMs = readSeconds(options.wait) * 1_000;
  const { manifest, statement } = await readRelease(zip);
  const signature = (await readBytes(sig)).toString('utf8').trim();
  releaseKeyId(signature); // refuses a file that is no signature before anything is uploaded
  const listing = options.listing === undefined ? undefined : await readListing(options.listing);
  const client = new PublisherClient({ baseUrl, token: await readToken(terminal, options), fetch });

  if (listing) {
    await client.putListing(manifest.marketplace_id, listing);
    tell(`product page of ${manifest.marketplace_id} is up to date`);
  }
  const stream = Readable.from(drawProgress(terminal, json, createReadStream(zip), statement.size_bytes));
  const body = Readable.toWeb(stream) as ReadableStream<Uint8Array>;
  const { created, release } = await client.submitRelease({ zip: body, sizeBytes: statement.size_bytes, signature });
  tell(created ? `uploaded as release ${release.id}` : `the hub has these bytes already as release ${release.id}`);

  const checked = await waitForChecks(client, release, waitMs);
  report(terminal, json, checked, describe(checked));
  if (['rejected', 'changes_requested'].includes(checked.status)) {
    throw new CliError('RELEASE_REFUSED', `The hub says ${checked.status}.`, { printed: json });
  }
}

/** `submitted` is the only state in which the hub works by itself; every other waits for somebody or is final. */
async function waitForChecks(client: PublisherClient, release: ReleaseView, waitMs: number): Promise<ReleaseView> {
  const deadline = Date.now() + waitMs;
  let current = release;
  while (current.status === 'submitted') {
    if (Date.now() >= deadline) return current;
    await sleep(POLL_MS);
    current = await client.release(release.id);
  }
  return current;
}

function describe({ id, marketplace_id: marketplaceId, version, status, findings }: ReleaseView): string[] {
  return [`${marketplaceId} ${version}: ${status} (release ${id})`, ...findings.map(describeFinding)];
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw new CliError('WAIT_INVALID', '--wait takes seconds, from 0 to 86400.', { exitCode: EXIT.usage });
}

/** @throws {CliError} LISTING_INVALID, with every field that is wrong */
async function readListing(file: string): Promise<ListingRequest> {
  const value = await readJson(file);
  const listing = plainToInstance(ListingRequest, typeof value === 'object' && value !== null ? value : {});
  const details = flatten(validateSync(listing, { whitelist: true, forbidNonWhitelisted: true }));
  if (details.length === 0) return listing;
  throw new CliError('LISTING_INVALID', `${file} is not a valid product page.`, { details });
}
