import type { MenuItem } from '@hansa/plugin-sdk';
import { isEventPattern } from '@hansa/plugin-sdk/runtime';
import { PluginError } from './plugin-error.js';
import type { HostAnswer } from './running-plugin.js';
import type { StartAnswer } from './protocol.js';

const MAX_MENU_ITEMS = 20;
const MAX_EVENTS = 100;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,4096}$/;
/**
 * Headers that belong to the connection or to the shop. A cookie set by a plugin could take over the admin's session; a length
 * or an encoding of its own could split the answer.
 */
const NOT_THE_PLUGINS = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'server',
  'set-cookie',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
]);

/** Reads what the runner says of a started plugin. The plugin owns that process, so nothing of it is taken as it comes. */
export function readStartAnswer(value: unknown): StartAnswer {
  const { menuItems, events, hooks } = members(value);
  return {
    menuItems: list(menuItems, MAX_MENU_ITEMS).filter(isMenuItem).map(toMenuItem),
    events: list(events, MAX_EVENTS).filter(isEventPattern),
    hooks: list(hooks, 10).filter((name) => typeof name === 'string'),
  };
}

/**
 * Reads the answer of a route.
 *
 * @throws {PluginError} PLUGIN_FAILED for a status or body that is none
 */
export function readRequestAnswer(value: unknown): HostAnswer {
  const { status, headers, body } = members(value);
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new PluginError('PLUGIN_FAILED', 'The status of the answer is not a number from 200 to 599.');
  }
  if (typeof body !== 'string') throw new PluginError('PLUGIN_FAILED', 'The answer has no body.');
  return { status, headers: readHeaders(headers), body: Buffer.from(body, 'base64') };
}

function readHeaders(value: unknown): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, text] of Object.entries(members(value))) {
    const key = name.toLowerCase();
    if (typeof text !== 'string' || !HEADER_NAME.test(key) || !HEADER_VALUE.test(text)) continue;
    if (!NOT_THE_PLUGINS.has(key)) kept[key] = text;
  }
  return kept;
}

function isMenuItem(value: unknown): value is MenuItem {
  const { label, path } = members(value);
  const isLabel = typeof label === 'string' && label.length > 0 && label.length <= 60;
  return isLabel && typeof path === 'string' && /^\/[\w\-./]{0,200}$/.test(path);
}

function toMenuItem({ label, path, icon }: MenuItem): MenuItem {
  return { label, path, ...(typeof icon === 'string' ? { icon: icon.slice(0, 60) } : {}) };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown, max: number): unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : [];
}
