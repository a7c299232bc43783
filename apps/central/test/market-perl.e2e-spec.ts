import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeWith } from '#test';

const MODULE = fileURLToPath(new URL('../../../integrations/cpanel/', import.meta.url));

interface Proved {
  readonly code: number;
  readonly output: string;
}

/** Runs one file of the module's tests on the machine's Perl. */
function prove(program: string, file: string, env: NodeJS.ProcessEnv = {}): Promise<Proved> {
  const options = { cwd: MODULE, env: { PATH: process.env['PATH'], ...env }, timeout: 240_000 };
  return new Promise((done) => {
    const child = execFile(program, ['-Ilib', `t/${file}`], options, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

describeWith('prove', 'the Perl module for cPanel', (program) => {
  const alone = readdirSync(`${MODULE}t`).filter((name) => name.endsWith('.t') && !name.startsWith('90-'));

  it.each(alone)('keeps what %s says', async (file) => {
    const { code, output } = await prove(program, file);
    expect([code, output]).toEqual([0, expect.stringContaining('Result: PASS')]);
  });
});
