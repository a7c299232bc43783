import { existsSync, readFileSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetworkAccess } from './network-broker.js';
import { PluginError } from './plugin-error.js';
import { NETWORK_VARIABLE } from './protocol.js';
import type { StartPluginOptions } from './running-plugin.js';

/** How the process of a plugin is started: program, arguments, environment. */
export interface Sandbox {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dir: string;
  readonly dataDir: string;
  /** Absolute, inside `dir`. */
  readonly entry: string;
}

/**
 * Puts a plugin under Node's permission model: it reads its own release and its data directory, writes to the latter, and
 * starts no processes, workers or addons. The environment is empty but for the time zone and the way to the broker, so no
 * secret of the shop is in it. What the model leaves open the runner closes before it loads the plugin
 * (docs/protocol/plugin-sandbox.md).
 *
 * @throws {PluginError} PLUGIN_START_FAILED when the entry is missing or lies outside the release
 */
export async function prepareSandbox(options: StartPluginOptions, access: NetworkAccess | undefined): Promise<Sandbox> {
  const { manifest, maxMemoryMb = 128, nodePath = process.execPath } = options;
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  // Real paths: the model follows links, and the link to the active release may be switched while the plugin runs.
  const [dir, dataDir] = await Promise.all([existing(options.dir), realpath(options.dataDir)]);
  const entry = await existing(join(dir, manifest.entry ?? './index.js'));
  // Path traversal: an entry of `./../other/index.js` would run another plugin's code, or the shop's.
  if (!entry.startsWith(dir + sep)) throw new PluginError('PLUGIN_START_FAILED', 'The entry lies outside the release.');

  const [runtimeDir, sdkDir] = await Promise.all([realpath(packageRoot()), realpath(sdkLink())]);
  const readable = [
    join(runtimeDir, 'dist'),
    join(runtimeDir, 'package.json'),
    sdkLink(),
    join(sdkDir, 'dist'),
    join(sdkDir, 'package.json'),
    dir,
    dataDir,
  ];
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  // From Node 25 on the model closes the network too, and this opens it as far as the guards let it.
  const mayConnect = access !== undefined && process.allowedNodeEnvironmentFlags.has('--allow-net');
  const args = [
    flag,
    ...(mayConnect ? ['--allow-net'] : []),
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--allow-fs-write=${dataDir}`,
    `--max-old-space-size=${maxMemoryMb}`,
    '--disable-warning=ExperimentalWarning',
    join(runtimeDir, 'dist', 'src', 'runner.js'),
  ];
  const { TZ: timeZone } = process.env;
  const env = {
    ...(timeZone ? { TZ: timeZone } : {}),
    ...(access ? { [NETWORK_VARIABLE]: JSON.stringify(access) } : {}),
  };
  return { program: nodePath, args, env, dir, dataDir, entry };
}

async function existing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw new PluginError('PLUGIN_START_FAILED', 'The entry module is missing.', { cause });
  }
}

/** The folder of this package, from its sources and from its build alike. The runner always comes from the build. */
function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!isThisPackage(dir)) dir = dirname(dir);
  return dir;
}

function isThisPackage(dir: string): boolean {
  const file = join(dir, 'package.json');
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === '@hansa/plugin-host';
}

/** Where the runner finds the SDK, by Node's own rule: the nearest `node_modules` that has it. */
function sdkLink(): string {
  for (let dir = packageRoot(); ; dir = dirname(dir)) {
    const link = join(dir, 'node_modules', '@hansa', 'plugin-sdk');
    if (existsSync(link)) return link;
    if (dir === dirname(dir)) throw new PluginError('PLUGIN_START_FAILED', 'The plugin SDK is not installed.');
  }
}
