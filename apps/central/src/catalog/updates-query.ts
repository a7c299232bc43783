import { CHANNELS, refuseVersionMap, SEMVER, type Channel, type UpdatesRequest } from '@hansa/contracts';

const FIELDS = new Set(['versions', 'platform_version', 'channel']);

/**
 * Reads `versions={"@v/p":"1.0.0"}` with its fellow parameters. The JSON may be raw or percent-encoded (federation.md §2); a
 * `+` stands for itself when the text is JSON with it, because `1.0.0+build` is a version. Null for anything not acceptable.
 */
export function readUpdatesQuery(search: string): UpdatesRequest | null {
  const fields: Record<string, string> = {};
  for (const pair of search.split('&')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (!FIELDS.has(name) || name in fields) return null;
    const value = decoded(pair.slice(at + 1));
    if (at < 0 || value === null) return null;
    fields[name] = value;
  }
  return acceptUpdates({ ...fields, versions: parsed(fields['versions']) });
}

/** The question when every field is acceptable, else null: what class validation says in words, without its cost. */
export function acceptUpdates(value: unknown): UpdatesRequest | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Object.keys(value).some((name) => !FIELDS.has(name))) return null;
  const { versions, platform_version: platform, channel } = value as Record<string, unknown>;
  if (refuseVersionMap(versions) !== null) return null;
  if (platform !== undefined && !isSemver(platform)) return null;
  if (channel !== undefined && !CHANNELS.includes(channel as Channel)) return null;
  return value as UpdatesRequest;
}

function isSemver(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 128 && SEMVER.test(value);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
