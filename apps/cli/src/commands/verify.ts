import { readArchive, type Archive } from '@hansa/archive';
import { thumbprint, verifyRelease, type Ed25519PublicJwk } from '@hansa/trust';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { assertReadable, readBytes } from '../files.js';
import { readPublicKey } from '../key-files.js';
import { readRelease, type Release } from '../release.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa verify out/radar-1.2.3.zip --public-key publisher-key.pub.json
  $ hansa verify radar.zip --sig radar.sig --public-key key.json --json

Works offline. Every step is printed with its number; the first that fails ends the run with its code and exit code 1.`;

const REFUSAL = 'The release is not what its publisher signed. Do not install it.';

interface Step {
  readonly step: number;
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly code?: string;
}

interface VerifyOptions {
  readonly sig?: string;
  readonly publicKey: string;
  readonly json?: boolean;
}

/** `hansa verify`: says whether a zip is what its publisher signed. */
export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description('check zip, signature and key without a hub')
    .argument('<zip>', 'the zip')
    .option('--sig <file>', 'its signature (default: <zip>.sig)')
    .requiredOption('--public-key <file>', "the publisher's public key, a JWK")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (zip: string, { sig = `${zip}.sig`, publicKey, json = false }: VerifyOptions) => {
      await assertReadable(zip);
      await assertReadable(publicKey);
      const files = { zip, sig: (await readBytes(sig)).toString('utf8'), publicKey };
      const steps = await verify(files);
      const failed = steps.find(({ ok }) => !ok);
      const lines = steps.map(({ step, name, ok, detail, code }) => {
        return `${step}. ${ok ? 'ok    ' : 'FAILED'} ${name}: ${code ? `${code} ` : ''}${detail}`;
      });
      // With --json, the steps are the answer in both cases; the exit code says which it is.
      report(terminal, json, { valid: !failed, steps }, lines);
      if (failed) throw new CliError(failed.code ?? 'UNEXPECTED', REFUSAL, { printed: json });
    });
}

/** The steps in the order in which bytes may be believed: structure, content, key, signature (federation.md §5). */
async function verify({ zip, sig, publicKey }: { zip: string; sig: string; publicKey: string }): Promise<Step[]> {
  const steps: Step[] = [];
  const run = async <T>(name: string, work: () => Promise<[T, string]>): Promise<T | undefined> => {
    const step = steps.length + 1;
    try {
      const [value, detail] = await work();
      steps.push({ step, name, ok: true, detail });
      return value;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      steps.push({ step, name, ok: false, detail: describe(error), code: String(error.code) });
      return undefined;
    }
  };

  const archive = await run('archive', async (): Promise<[Archive, string]> => {
    const read = await readArchive(zip);
    return [read, `${read.entries.length} entries, ${read.packedBytes} bytes packed, ${read.unpackedBytes} unpacked`];
  });
  const contents = archive && (await run('contents', async () => [true, await readAll(archive)]));
  const release = contents && (await run('manifest', () => manifestOf(zip)));
  const key = release && (await run('public key', () => keyOf(publicKey)));
  if (key) {
    await run('signature', async () => {
      const { signed_at: signedAt } = await verifyRelease(sig, key, release.statement);
      return [true, `${release.manifest.marketplace_id} ${release.manifest.version}, signed ${signedAt}`];
    });
  }
  return steps;
}

async function readAll(archive: Archive): Promise<string> {
  for (const { path, size, isDirectory } of archive.entries) if (!isDirectory) await archive.read(path, size);
  return 'every file unpacks to its size and checksum';
}

async function manifestOf(zip: string): Promise<[Release, string]> {
  const release = await readRelease(zip);
  const { marketplace_id: id, version } = release.manifest;
  return [release, `${id} ${version}, the same version in package.json`];
}

async function keyOf(file: string): Promise<[Ed25519PublicJwk, string]> {
  const key = await readPublicKey(file);
  return [key, `thumbprint ${thumbprint(key)}`];
}

function describe(error: Error): string {
  const details = error instanceof CliError ? (error.options.details ?? []) : [];
  return [error.message, ...details.map(({ path, message }) => `${path}: ${message}`)].join(' ');
}
