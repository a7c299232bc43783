import { Command, CommanderError } from 'commander';
import { EXIT } from './cli-error.js';
import { addCheck } from './commands/check.js';
import { addKeygen } from './commands/keygen.js';
import { addPack } from './commands/pack.js';
import { addPublish } from './commands/publish.js';
import { addRegister } from './commands/register.js';
import { addSetup } from './commands/setup.js';
import { addSign } from './commands/sign.js';
import { addVerify } from './commands/verify.js';
import { reportFailure, type Terminal } from './terminal.js';

const HELP = `
From an idea to a published release:
  $ hansa keygen
  $ hansa pack
  $ hansa check out/radar-1.0.0.zip
  $ hansa sign out/radar-1.0.0.zip --key publisher-key.json
  $ hansa verify out/radar-1.0.0.zip --public-key publisher-key.pub.json
  $ hansa publish out/radar-1.0.0.zip --hub https://hub.example --listing listing.json

Exit codes: 0 done; 1 refused, with a code that says why; 2 wrong usage, or a file that is not there; 3 the hub cannot be
reached, try again; 70 a bug. With --json one object is printed on standard output, in a refusal { "error": { "code", … } }.`;

/** Runs one command line (without program and script) and answers with its exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('hansa')
    .description('Makes, signs, checks and publishes plugins.')
    .addHelpText('after', HELP)
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .showHelpAfterError('(hansa <command> --help shows examples)')
    .exitOverride();
  for (const add of [addKeygen, addRegister, addSetup, addPack, addCheck, addSign, addVerify, addPublish])
    add(program, terminal);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportFailure(terminal, args.includes('--json'), error);
  }
}
