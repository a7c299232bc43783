import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A publisher's Git repository on this machine. Times are fixed, so the same steps give the same commits. */
export class GitRepository {
  readonly path = mkdtempSync(join(tmpdir(), 'hansa-git-'));
  #commits = 0;

  constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: string[]): string {
    const date = new Date(Date.UTC(2029, 0, 1 + this.#commits)).toISOString();
    const env = {
      PATH: process.env['PATH'],
      HOME: this.path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
    return execFileSync('git', args, {
      cwd: this.path,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  write(files: Readonly<Record<string, string>>): this {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(this.path, path, '..'), { recursive: true });
      writeFileSync(join(this.path, path), content);
    }
    return this;
  }

  link(path: string, target: string): this {
    symlinkSync(target, join(this.path, path));
    return this;
  }

  /** Commits everything and gives back the commit; a tag is set on it when named. */
  commit(tag?: string): string {
    this.#commits += 1;
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', `commit ${this.#commits}`);
    if (tag !== undefined) this.git('tag', tag);
    return this.git('rev-parse', 'HEAD');
  }

  /** Runs a command of Git that reads `input`. */
  feed(input: string, ...args: string[]): string {
    return execFileSync('git', args, { cwd: this.path, input, encoding: 'utf8' }).trim();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
