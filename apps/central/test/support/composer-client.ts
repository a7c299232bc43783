import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComposerHub } from './composer.js';

export interface Ran {
  readonly code: number;
  /** Both streams: Composer tells people things on the second. */
  readonly output: string;
}

/** A customer's project on a machine of its own: fresh home, fresh cache. */
export class ComposerProject {
  readonly directory = mkdtempSync(join(tmpdir(), 'hansa-client-'));
  readonly #hub: ComposerHub;

  constructor(hub: ComposerHub, requires: Record<string, string>, extra: Record<string, unknown> = {}) {
    this.#hub = hub;
    mkdirSync(join(this.directory, 'home'));
    this.write('composer.json', {
      name: 'test/client',
      repositories: [{ type: 'composer', url: hub.url }, { 'packagist.org': false }],
      require: requires,
      config: { 'secure-http': false },
      ...extra,
    });
  }

  /** Keeps the token for the hub's host and port, as Composer wants it. */
  authorize(token: string, scheme: 'basic' | 'bearer' = 'basic'): this {
    const { host } = new URL(this.#hub.url);
    this.write(
      'auth.json',
      scheme === 'basic'
        ? { 'http-basic': { [host]: { username: 'token', password: token } } }
        : { bearer: { [host]: token } },
    );
    return this;
  }

  composer(...args: string[]): Promise<Ran> {
    return this.run('composer', ['--no-interaction', '--no-ansi', ...args]);
  }

  /** What PHP prints when it runs `code` with the installed packages loaded. */
  async php(code: string): Promise<string> {
    return (await this.run('php', ['-r', `require 'vendor/autoload.php'; ${code}`])).output;
  }

  has(path: string): boolean {
    return existsSync(join(this.directory, path));
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  /** As on another machine: nothing cached, nothing installed, the lock file and the credentials kept. */
  forget(): void {
    for (const path of ['home', 'vendor']) rmSync(join(this.directory, path), { recursive: true, force: true });
    mkdirSync(join(this.directory, 'home'));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  run(command: string, args: readonly string[]): Promise<Ran> {
    const home = join(this.directory, 'home');
    const env = { PATH: process.env['PATH'], HOME: home, COMPOSER_HOME: home, COMPOSER_ALLOW_SUPERUSER: '1' };
    return new Promise((done) => {
      const options = { cwd: this.directory, env, timeout: 50_000, maxBuffer: 16 * 1024 * 1024 };
      const child = execFile(command, args, options, (_error, stdout, stderr) =>
        done({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  private write(path: string, value: object): void {
    writeFileSync(join(this.directory, path), JSON.stringify(value, null, 2));
  }
}
