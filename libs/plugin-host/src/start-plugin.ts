import { PluginError } from './plugin-error.js';
import type { RunningPlugin, StartPluginOptions } from './running-plugin.js';

/**
 * Starts a plugin in a process of its own and resolves when its `register` is done.
 *
 * @throws {PluginError} PLUGIN_START_FAILED
 */
export async function startPlugin(options: StartPluginOptions): Promise<RunningPlugin> {
  throw new PluginError('PLUGIN_START_FAILED', `${options.manifest.id} cannot be started.`);
}
