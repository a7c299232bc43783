import { Command, CommanderError } from 'commander';
import { EXIT } from './cli-error.js';
import { addAdvisory } from './commands/advisory.js';
import { addCheck } from './commands/check.js';
import { addDeprecate } from './commands/deprecate.js';
import { addKeygen } from './commands/keygen.js';
import { addKeys } from './commands/keys.js';
import { addPack } from './commands/pack.js';
import { addPublish } from './commands/publish.js';
import { addRegister } from './commands/register.js';
import { addRollout } from './commands/rollout.js';
import { addSetup } from './commands/setup.js';
import { addSign } from './commands/sign.js';
import { addVerify } from './commands/verify.js';
import { addYank } from './commands/yank.js';
import { reportFailure, type Terminal } from './terminal.js';

const HELP = `
From an idea to a published release:
  $ hansa keygen
  $ hansa pack
  $ hansa check out/radar-1.0.0.zip
  $ hansa sign out/radar-1.0.0.zip --key publisher-key.json
  $ hansa verify out/radar-1.0.0.zip --public-key publisher-key.pub.json
  $ hansa publish out/radar-1.0.0.zip --hub https://hub.example --listing listing.json

Later:
  $ hansa rollout @acme/radar@1.1.0 100 --hub https://hub.example     yank, unyank, deprecate work alike
  $ hansa advisory publish @acme/radar --hub https://hub.example …    hansa advisory --help
  $ hansa keys list --hub https://hub.example --email …               hansa keys --help

Exit codes: 0 done; 1 refused, with a code that says why; 2 wrong usage, or a file that is not there; 3 the hub cannot be
reached, try again; 70 a bug. With --json one object is printed on standard output, in a refusal { "error": { "code", … } }.`;

const COMMANDS = [
  addKeygen,
  addRegister,
  addSetup,
  addPack,
  addCheck,
  addSign,
  addVerify,
  addPublish,
  addRollout,
  addYank,
  addAdvisory,
  addDeprecate,
  addKeys,
];

/** Runs one command line (without program and script) and answers with its exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('hansa')
    .description('Makes, signs, checks and publishes plugins.')
    .addHelpText('after', HELP)
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .showHelpAfterError('(hansa <command> --help shows examples)')
    .exitOverride();
  for (const add of COMMANDS) add(program, terminal);
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(program);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportFailure(terminal, args.includes('--json'), error);
  }
}
