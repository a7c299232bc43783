/**
 * Installs Debian packages that some tests drive: a browser, other people's interpreters. `node tools/ensure-apt.mjs` does it by
 * hand. Where it cannot (no Debian, not root, no network) it says so, and those tests are skipped in sight, or fail when CI=true.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What tests look for, and the package that brings it. */
const PROGRAMS = [
  { command: 'chromium', package: 'chromium' },
  { command: 'composer', package: 'composer' },
  { command: 'git', package: 'git' },
  { command: 'openssl', package: 'openssl' },
  { command: 'php', package: 'php-cli' },
  { command: 'prove', package: 'perl' },
  { command: 'python3', package: 'python3-minimal' },
  { command: 'unzip', package: 'unzip' },
];
const APT = ['-qq', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', '-o', 'DPkg::Lock::Timeout=120'];

/** The programs that are missing still, after trying to install them. */
export function ensureApt() {
  const missing = () => PROGRAMS.filter(({ command }) => !isThere(command));
  const wanted = missing();
  if (wanted.length === 0 || process.getuid?.() !== 0 || !isThere('apt-get')) return wanted;
  apt('update');
  for (const program of wanted) apt('install', '--yes', '--no-install-recommends', program.package);
  return missing();
}

function isThere(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, command)));
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', [...APT, ...args], { env, stdio: 'ignore', timeout: 600_000 });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const names = ensureApt().map(({ command }) => command);
  process.stdout.write(names.length === 0 ? 'Everything is there.\n' : `Missing still: ${names.join(', ')}\n`);
}
