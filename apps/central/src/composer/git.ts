import { spawn } from 'node:child_process';

/** Git did not do what was asked. `code` is for operators; the message holds Git's own last words, without credentials. */
export class GitError extends Error {
  constructor(
    readonly code: 'GIT_FAILED' | 'GIT_TIMEOUT' | 'GIT_OUTPUT_TOO_LARGE' | 'ADDRESS_PRIVATE',
    message: string,
  ) {
    super(message);
    this.name = 'GitError';
  }
}

export interface GitOptions {
  /** Settings for this call only; they do not show in the process list. */
  readonly config?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** Largest single file Git may write, in blocks of 512 bytes: 1 GiB. A larger repository fails instead of filling the disk. */
const MAX_FILE_BLOCKS = '2097152';
const MAX_STDERR = 2_000;
/**
 * Strangers' repositories: no hooks, no other protocols, no submodules, no maintenance, every object checked on arrival. Old flaws that
 * harm nobody are let pass, or many honest repositories could not be read.
 */
const SAFE_CONFIG: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.symlinks': 'false',
  'protocol.allow': 'never',
  'protocol.https.allow': 'always',
  'protocol.file.allow': 'always',
  'submodule.recurse': 'false',
  'http.followRedirects': 'false',
  'http.lowSpeedLimit': '1000',
  'http.lowSpeedTime': '30',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'fetch.fsckObjects': 'true',
  'fetch.fsck.zeroPaddedFilemode': 'ignore',
  'fetch.fsck.missingSpaceBeforeDate': 'ignore',
  'fetch.fsck.badTimezone': 'ignore',
  'fetch.fsck.missingEmail': 'ignore',
};

/** Runs Git in a bare repository and gives back what it wrote. @throws {GitError} */
export function git(directory: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { timeoutMs = 120_000, maxBytes = 64 * 1024 * 1024 } = options;
  return new Promise((done, fail) => {
    // The shell only sets the limit: what follows are arguments, never text it reads.
    const script = 'ulimit -f "$0"; exec "$@"';
    const command = ['git', '--git-dir', directory, ...args];
    const child = spawn('/bin/sh', ['-c', script, MAX_FILE_BLOCKS, ...command], {
      env: environment({ ...SAFE_CONFIG, ...options.config }),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const output: Buffer[] = [];
    let size = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) child.kill('SIGKILL');
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < MAX_STDERR) complaint += chunk.toString();
    });
    child.on('error', (error) => fail(new GitError('GIT_FAILED', error.message)));
    child.on('close', (status, signal) => {
      if (size > maxBytes) fail(new GitError('GIT_OUTPUT_TOO_LARGE', 'Git wrote more than is read.'));
      else if (signal === 'SIGKILL') fail(new GitError('GIT_TIMEOUT', `Git took longer than ${timeoutMs} ms.`));
      else if (status !== 0) fail(new GitError('GIT_FAILED', complaint.trim().slice(-300)));
      else done(Buffer.concat(output));
    });
  });
}

/** Nothing of the hub's own environment: its secrets are none of Git's business. */
function environment(config: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(config);
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
