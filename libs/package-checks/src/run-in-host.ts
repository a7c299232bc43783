import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigField, Manifest, ReleaseFinding } from '@hansa/contracts';
import { PluginError, startPlugin, type RunningPlugin } from '@hansa/plugin-host';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import type { OpenPackage } from './open-package.js';

const START_TIMEOUT_MS = 10_000;
const HOOK_TIMEOUT_MS = 20_000;

/**
 * Installs the plugin in the host that shops use, asks for its health, uninstalls and stops it. It runs without any right but
 * its own files; what its connections would reach is not there.
 */
export async function runInHost({ archive, manifest }: OpenPackage): Promise<ReleaseFinding[]> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'hansa-check-')));
  let plugin: RunningPlugin | undefined;
  let step = 'start';
  try {
    await archive.extractTo(join(root, 'release'));
    plugin = await start(root, manifest);
    step = 'install';
    await plugin.callHook('install');
    step = 'health';
    const { ok } = await plugin.health();
    step = 'uninstall';
    await plugin.callHook('uninstall', { keepData: false });
    return ok ? [] : [found('warning', 'says itself that it is not healthy after its installation')];
  } catch (cause) {
    if (!(cause instanceof PluginError)) throw cause;
    return [found('error', `${step}: ${cause.code}: ${cause.message}`)];
  } finally {
    await plugin?.stop();
    await rm(root, { recursive: true, force: true });
  }
}

async function start(root: string, manifest: Manifest): Promise<RunningPlugin> {
  const ignore = () => undefined;
  return startPlugin({
    dir: join(root, 'release'),
    dataDir: join(root, 'data'),
    manifest,
    config: sampleConfig(manifest.config_schema ?? {}),
    storage: memoryStorage(),
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    startTimeoutMs: START_TIMEOUT_MS,
    hookTimeoutMs: HOOK_TIMEOUT_MS,
  });
}

/** A value of the right kind for every setting, as a merchant would fill the form in. */
function sampleConfig(schema: Readonly<Record<string, ConfigField>>): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(schema).map(([key, field]) => {
      const { type, default: preset, options, min, placeholder } = field;
      if (preset !== undefined) return [key, preset];
      if (type === 'number') return [key, min ?? 1];
      if (type === 'boolean') return [key, false];
      return [key, type === 'select' ? (options?.[0] ?? '') : (placeholder ?? 'example')];
    }),
  );
}

function found(severity: ReleaseFinding['severity'], message: string): ReleaseFinding {
  return { check: 'sandbox', severity, message, advice: 'Run hansa check, which runs the same host.' };
}
