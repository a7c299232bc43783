import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PNPM = 'pnpm@12.21.0';
const MIN_NODE = [20, 19];
const INSTALLED = `${ROOT}node_modules/.hansa-installed`;

/** Runs one step and shows its name while it works and its time when it is done. */
export async function step(name, work) {
  const started = Date.now();
  process.stdout.write(process.stdout.isTTY ? `  … ${name}` : '');
  const note = await work();
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  process.stdout.write(
    `${process.stdout.isTTY ? '\r\x1b[K' : ''}  ✓ ${name}${note ? ` (${note})` : ''} ${seconds} s\n`,
  );
}

/** Ends the program with one clear line; nothing else is worth reading. */
export function fail(line) {
  process.stderr.write(`\n${line}\n`);
  process.exit(1);
}

/** Checks Node, installs what the lock file names when that changed, and builds what changed. */
export async function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    fail(`Node ${MIN_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
  }
  if (!isInstalled()) await step('install dependencies (the first time takes a minute)', install);
  await step('build what changed', build);
  await step('build the screens that changed', buildScreens);
}

function lockDigest() {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => readFileSync(ROOT + name));
  return createHash('sha256').update(Buffer.concat(files)).update(process.version).digest('hex');
}

function isInstalled() {
  return existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === lockDigest();
}

function install() {
  run(
    'npx',
    ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter', 'append-only'],
    'The dependencies could not be installed.',
  );
  writeFileSync(INSTALLED, lockDigest());
}

function build() {
  run(process.execPath, ['node_modules/typescript-native/bin/tsc', '--build'], 'The build failed.');
}

/** Imported late: what builds the screens is there only once the dependencies are. */
async function buildScreens() {
  const { buildWeb } = await import('./build-web.mjs');
  return buildWeb().catch((error) => fail(`The screens could not be built.\n${error.message}`));
}

/** Runs a tool quietly; when it fails, what it said is shown. */
function run(command, args, complaint) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) fail(`${complaint}\n${error?.message ?? ''}${stdout}${stderr}`);
}
