import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrivateAddress } from '@hansa/platform';
import { git, GitError } from './git.js';
import { readTar, type TarFile } from './read-tar.js';
import type { SourceUrl } from './source-url.js';

export interface GitRef {
  /** `refs/tags/v1.0.0` */
  readonly name: string;
  readonly commit: string;
  /** What the commit claims: any moment, also one that no `Date` can hold. */
  readonly committedAt: Date;
}

export interface TreeEntry {
  readonly mode: string;
  readonly size: number;
  readonly path: string;
}

const HASH = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const FETCH_TIMEOUT_MS = 10 * 60_000;
/** Outranks what a repository says: `$Format:%D$` would put the names of today's tags into a zip that never changes. */
const ATTRIBUTES = '* -export-subst\n';
const MAX_REFS_BYTES = 32 * 1024 * 1024;

/** A bare copy of a repository. Names that its owner chose never become arguments of Git: commits are asked for by their hash. */
export class GitMirror {
  constructor(
    private readonly directory: string,
    private readonly source: SourceUrl,
    private readonly options: { readonly credential: string | undefined; readonly allowPrivate: boolean },
  ) {}

  /** Brings the copy up to date and says which branch is the default one. @throws {GitError} */
  async fetch(): Promise<{ defaultBranch: string | undefined }> {
    if (!existsSync(join(this.directory, 'HEAD'))) {
      await mkdir(this.directory, { recursive: true });
      await git(this.directory, ['init', '--bare', '--quiet']);
    }
    await mkdir(join(this.directory, 'info'), { recursive: true });
    await writeFile(join(this.directory, 'info', 'attributes'), ATTRIBUTES);
    const config = await this.connection();
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    const flags = ['--quiet', '--prune', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
    const { url } = this.source;
    await git(this.directory, ['fetch', ...flags, '--', url, ...refs], { config, timeoutMs: FETCH_TIMEOUT_MS });
    const head = await git(this.directory, ['ls-remote', '--symref', '--', url, 'HEAD'], { config });
    const [, defaultBranch] = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(head.toString()) ?? [];
    return { defaultBranch };
  }

  /** Tags and branches with the commits they stand for; what stands for no commit is left out. */
  async refs(): Promise<GitRef[]> {
    const fields = [
      'refname',
      'objectname',
      '*objectname',
      'objecttype',
      '*objecttype',
      'committerdate:unix',
      '*committerdate:unix',
    ];
    const format = fields.map((field) => `%(${field})`).join(' | ');
    const args = ['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/tags'];
    const text = (await git(this.directory, args, { maxBytes: MAX_REFS_BYTES })).toString();
    return text.split('\n').flatMap((line) => {
      const [name, hash, peeled, type, peeledType, date, peeledDate] = line.split(' | ');
      const isTag = type === 'tag';
      const commit = isTag ? peeled : hash;
      if (!name || (isTag ? peeledType : type) !== 'commit' || !HASH.test(commit ?? '')) return [];
      const seconds = Number(isTag ? peeledDate : date);
      return [{ name, commit: commit!, committedAt: new Date(Number.isFinite(seconds) ? seconds * 1_000 : 0) }];
    });
  }

  /** Every file of a commit. */
  async tree(commit: string): Promise<TreeEntry[]> {
    const text = (await git(this.directory, ['ls-tree', '-r', '-l', '-z', '--full-tree', commit])).toString();
    return text.split('\0').flatMap((line) => {
      const [, mode, size, path] = /^(\d+) \w+ [0-9a-f]+ +(\d+|-)\t([\s\S]+)$/.exec(line) ?? [];
      return mode === undefined ? [] : [{ mode, size: Number(size) || 0, path: path! }];
    });
  }

  /** One file at the root of a commit; `name` is the program's own. */
  async read(commit: string, name: string, maxBytes: number): Promise<string> {
    return (await git(this.directory, ['cat-file', 'blob', `${commit}:${name}`], { maxBytes })).toString();
  }

  /** The files of a commit, without those its author does not export. @throws {GitError | TarError} */
  async files(commit: string, maxBytes: number): Promise<TarFile[]> {
    return readTar(await git(this.directory, ['archive', '--format=tar', commit], { maxBytes }));
  }

  /**
   * The credential as a header that only this host gets, and the host pinned to the address that was checked: a name that changes
   * its mind between check and call (DNS rebinding) leads nowhere.
   */
  private async connection(): Promise<Record<string, string>> {
    if (this.source.kind === 'path') return {};
    const { url, host, port } = this.source;
    const config: Record<string, string> = {};
    if (!this.options.allowPrivate) {
      const addresses = (await resolve(host)).map(({ address }) => address);
      if (addresses.length === 0 || addresses.some(isPrivateAddress)) {
        throw new GitError('ADDRESS_PRIVATE', 'The address is private or unknown.');
      }
      config['http.curloptResolve'] = `${host}:${port}:${addresses.join(',')}`;
    }
    if (this.options.credential !== undefined) {
      const value = Buffer.from(this.options.credential).toString('base64');
      config[`http.${new URL(url).origin}/.extraHeader`] = `Authorization: Basic ${value}`;
    }
    return config;
  }
}

async function resolve(host: string): Promise<{ address: string }[]> {
  return lookup(host.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
}
