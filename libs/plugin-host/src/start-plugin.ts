import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { openBroker, type NetworkBroker } from './network-broker.js';
import { endWithThisProcess } from './orphan-watch.js';
import { PluginError } from './plugin-error.js';
import { PluginProcess } from './plugin-process.js';
import { printLines } from './print-lines.js';
import type { RunningPlugin, StartPluginOptions } from './running-plugin.js';
import { prepareSandbox } from './sandbox.js';

const START_TIMEOUT_MS = 10_000;

/**
 * Starts a plugin in a process of its own and resolves when its `register` is done. What it may touch: its release (reading),
 * its data directory, its storage, and the hosts its manifest names. It ends with this process, however this one ends.
 *
 * @throws {PluginError} PLUGIN_START_FAILED; its process is gone then
 */
export async function startPlugin(options: StartPluginOptions): Promise<RunningPlugin> {
  const { manifest, logger, network } = options;
  const net = manifest.permissions?.net ?? [];
  let broker: NetworkBroker | undefined;
  try {
    if (net.length > 0) broker = await openBroker({ net, logger, ...(network ? { network } : {}) });
    return await startProcess(options, broker);
  } catch (error) {
    broker?.close();
    if (error instanceof PluginError && error.code === 'PLUGIN_START_FAILED') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PluginError('PLUGIN_START_FAILED', `The plugin did not start: ${reason}`, { cause: error });
  }
}

async function startProcess(options: StartPluginOptions, broker: NetworkBroker | undefined): Promise<RunningPlugin> {
  const sandbox = await prepareSandbox(options, broker?.access);
  const child = spawn(sandbox.program, sandbox.args, {
    cwd: sandbox.dataDir,
    env: sandbox.env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  // In the same turn as the spawn: nothing of the plugin runs before it is asked to start.
  if (child.pid !== undefined) child.once('exit', endWithThisProcess(child.pid));
  await spawned(child);
  const [, stdout, stderr, channel] = child.stdio;
  const plugin = new PluginProcess(child, channel as Duplex, options);
  printLines(stdout as Readable, (line) => options.logger.info(line));
  printLines(stderr as Readable, (line) => plugin.takeErrorLine(line));
  void plugin.exited.then(() => broker?.close());
  try {
    await plugin.start(sandbox, options.startTimeoutMs ?? START_TIMEOUT_MS);
  } catch (error) {
    child.kill('SIGKILL');
    await plugin.exited;
    throw error;
  }
  return plugin;
}

async function spawned(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', (cause) => {
      reject(new PluginError('PLUGIN_START_FAILED', 'Its process could not be started.', { cause }));
    });
  });
}
