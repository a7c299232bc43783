import { writeFile } from 'node:fs/promises';
import { AccountClient } from '@hansa/hub-client';
import type { Command } from 'commander';
import { readCredentials, readHubUrl, type AccountOptions } from '../account-options.js';
import { CliError, EXIT } from '../cli-error.js';
import { reasonOf } from '../files.js';
import { readPublicKey } from '../key-files.js';
import { report, type Terminal } from '../terminal.js';

const TOKEN_DAYS = 90;

const EXAMPLES = `
Examples:
  $ hansa setup --hub https://hub.example --email ada@acme.example --code … \\
      --name Acme --namespace @acme --key publisher-key.pub.json --accept-agreement

Proves your address, makes your publisher, claims its namespace, adds your key, and writes a token that can publish and do
nothing else into hansa-token, readable by you alone; it works for ${TOKEN_DAYS} days. An operator of the hub verifies the
namespace; until then releases wait in review.`;

interface SetupOptions extends AccountOptions {
  readonly code: string;
  readonly name: string;
  readonly namespace: string;
  readonly key: string;
  readonly tokenOut: string;
  readonly acceptAgreement?: boolean;
  readonly json?: boolean;
}

/** `hansa setup`: from a proven address to a token that publishes. */
export function addSetup(program: Command, terminal: Terminal): void {
  program
    .command('setup')
    .description('become a publisher: prove your address, claim a namespace, add a key, get a token')
    .requiredOption('--hub <url>', 'address of the hub')
    .requiredOption('--email <address>', 'as given to hansa register')
    .requiredOption('--code <code>', 'from the letter')
    .requiredOption('--name <name>', 'what shops call you')
    .requiredOption('--namespace <@vendor>', 'the first half of your packages’ names, yours for ever')
    .requiredOption('--key <file>', 'your public key, made by hansa keygen')
    .option('--token-out <file>', 'where the token goes; an existing file is never replaced', 'hansa-token')
    .option('--accept-agreement', 'accept the publisher agreement of the hub')
    .option('--password-file <file>', 'file with your password (default: the variable HANSA_PASSWORD)')
    .option('--allow-http', 'send the password without encryption to a hub that is not on this machine')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: SetupOptions) => setup(terminal, options));
}

/** @throws {CliError} AGREEMENT_REQUIRED, FILE_EXISTS, and what reading files throws; {HubProblem} */
async function setup(terminal: Terminal, options: SetupOptions): Promise<void> {
  const client = new AccountClient({ baseUrl: readHubUrl(options), fetch });
  const credentials = await readCredentials(terminal, options);
  const key = await readPublicKey(options.key);
  const { version, url } = await client.agreement();
  if (!options.acceptAgreement) {
    const message = `Read ${url} (version ${version}), then add --accept-agreement.`;
    throw new CliError('AGREEMENT_REQUIRED', message, { exitCode: EXIT.usage });
  }
  await client.verify(options.code);
  await client.signIn(credentials);
  const publisher = await client.registerPublisher(options.name, version);
  const { namespace, verified } = await client.claimNamespace(options.namespace);
  const { kid } = await client.addKey('first key', JSON.stringify(key));
  const { token } = await client.issueToken('hansa setup', TOKEN_DAYS);
  await writeToken(options.tokenOut, token);
  await client.signOut();
  const value = { publisher_id: publisher.id, namespace, verified, key: kid, token_file: options.tokenOut };
  report(terminal, options.json ?? false, value, [
    `publisher    ${publisher.name} (${publisher.id})`,
    `namespace    ${namespace}${verified ? '' : ', waiting for an operator to verify it'}`,
    `key          ${kid}`,
    `token        ${options.tokenOut} (0600, for hansa publish --token-file)`,
  ]);
}

async function writeToken(file: string, token: string): Promise<void> {
  try {
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const reason = reasonOf(cause);
    const code = reason === 'EEXIST' ? 'FILE_EXISTS' : 'FILE_UNWRITABLE';
    throw new CliError(code, `${file} cannot be written (${reason}).`, { cause });
  }
}
