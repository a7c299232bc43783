import { execFileSync } from 'node:child_process';

describe('.env.example', () => {
  it('lists every setting as the programs read it', () => {
    execFileSync(process.execPath, ['tools/env-example.mjs', '--check'], { stdio: 'pipe' });
  });
});
