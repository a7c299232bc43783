import { CHANNELS, SEMVER, type Channel } from '@hansa/contracts';

const FIELDS: ReadonlySet<string> = new Set(['versions', 'platform_version', 'channel']);

/** An `updates` question whose list of versions nobody has looked at. */
export interface UncheckedUpdates {
  readonly versions: unknown;
  readonly platform_version?: string | undefined;
  readonly channel?: Channel | undefined;
}

/**
 * Reads `versions={"@v/p":"1.0.0"}` with its fellow parameters; the JSON may be raw or percent-encoded (federation.md §2).
 * A form reader takes `+` for a space, which would break `1.0.0+build`; here it stands for itself. Null for what is not
 * acceptable.
 */
export function readUpdatesQuery(search: string): UncheckedUpdates | null {
  const fields = readFields(search);
  return fields && acceptUpdates({ ...fields, versions: parsed(fields['versions']) });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads the body of the POST form; null for what is not acceptable. */
export function readUpdatesBody(body: Buffer): UncheckedUpdates | null {
  try {
    return acceptUpdates(JSON.parse(decoder.decode(body)));
  } catch {
    return null;
  }
}

function readFields(search: string): Record<string, string> | null {
  const fields: Record<string, string> = {};
  for (const pair of search.split('&')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0));
    const value = decoded(pair.slice(at + 1));
    if (name in fields || value === null) return null;
    fields[name] = value;
  }
  return fields;
}

/** The question when all but its versions is acceptable, else null: what class validation says in words, without its cost. */
function acceptUpdates(value: unknown): UncheckedUpdates | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const name of Object.keys(value)) if (!FIELDS.has(name)) return null;
  const { versions, platform_version: platform, channel } = value as Record<string, unknown>;
  if (platform !== undefined && !isSemver(platform)) return null;
  if (channel !== undefined && !isChannel(channel)) return null;
  return { versions, platform_version: platform, channel };
}

function isSemver(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 128 && SEMVER.test(value);
}

function isChannel(value: unknown): value is Channel {
  return CHANNELS.includes(value as Channel);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
