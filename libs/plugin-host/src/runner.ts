import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { JsonValue, PluginLogger, PluginStorage, StorageEntry } from '@hansa/plugin-sdk';
import { loadModule, type LoadedPlugin } from '@hansa/plugin-sdk/runtime';
import { guardNetwork } from './guard-network.js';
import { guardProcess } from './guard-process.js';
import type { NetworkAccess } from './network-broker.js';
import { Peer } from './peer.js';
import { PluginError } from './plugin-error.js';
import {
  NETWORK_VARIABLE,
  STORAGE_TIMEOUT_MS,
  type HostCalls,
  type RequestAnswer,
  type StartAnswer,
} from './protocol.js';

/** The other end of the channel: the whole program of a plugin's process. */
const CHANNEL_FD = 3;

// Before anything of the plugin: it cannot undo what is closed here.
guardProcess();
guardNetwork(takeNetworkAccess());

let plugin: LoadedPlugin | undefined;

const peer = new Peer(new Socket({ fd: CHANNEL_FD }), {
  serve: (op, args) => serve(op, args),
  // The shop wants the end: what runs may finish and answer, then the process goes, whatever timers the plugin has.
  note: (op) => {
    if (op === 'stop') void peer.drained().then(() => peer.end(() => process.exit(0)));
  },
  closed: () => process.exit(0), // the shop is gone
});

async function serve(op: string, args: unknown): Promise<unknown> {
  switch (op as keyof HostCalls) {
    case 'start':
      return start(args as HostCalls['start']);
    case 'request':
      return request(running(), args as HostCalls['request']);
    case 'emit': {
      const { event, payload } = args as HostCalls['emit'];
      return running().emit(event, payload);
    }
    case 'hook': {
      const { name, facts } = args as HostCalls['hook'];
      return running().callHook(name, facts);
    }
    case 'health':
      return running().health();
    case 'memory':
      return process.memoryUsage.rss();
  }
}

async function start({ entry, plugin: identity, config }: HostCalls['start']): Promise<StartAnswer> {
  const module: unknown = await import(pathToFileURL(entry).href);
  plugin = await loadModule(module, { plugin: identity, config, storage, logger });
  const { menuItems, events, hooks } = plugin;
  return { menuItems, events, hooks };
}

async function request(loaded: LoadedPlugin, { body, ...rest }: HostCalls['request']): Promise<RequestAnswer> {
  const answer = await loaded.request({ ...rest, body: Buffer.from(body, 'base64') });
  if (!answer) throw new PluginError('PLUGIN_NO_ROUTE', `No route for ${rest.method} ${rest.path}.`);
  return { ...answer, body: Buffer.from(answer.body).toString('base64') };
}

function takeNetworkAccess(): NetworkAccess | undefined {
  const { [NETWORK_VARIABLE]: access } = process.env;
  Reflect.deleteProperty(process.env, NETWORK_VARIABLE);
  return access === undefined ? undefined : (JSON.parse(access) as NetworkAccess);
}

function running(): LoadedPlugin {
  if (!plugin) throw new Error('the plugin is not started');
  return plugin;
}

const ask = (op: string, args: object) => peer.call(`storage.${op}`, args, STORAGE_TIMEOUT_MS);
const storage: PluginStorage = {
  // `found` tells a stored null from nothing: JSON has no undefined.
  async get(key) {
    const { found, value } = (await ask('get', { key })) as { found: boolean; value: JsonValue };
    return found ? value : undefined;
  },
  async set(key, value) {
    await ask('set', { key, value });
  },
  async delete(key) {
    await ask('delete', { key });
  },
  list: async (prefix = '') => (await ask('list', { prefix })) as StorageEntry[],
};

function log(level: keyof PluginLogger): PluginLogger['info'] {
  return (message, fields) => peer.note('log', { level, message, fields });
}
const logger: PluginLogger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
