import type { ConfigValue } from './plugin.entity.js';

const HIDDEN = '[secret]';
/** Shorter ones are words and numbers that stand everywhere; hiding them would only say that they are secrets. */
const MIN_LENGTH = 4;

/** Takes the secrets of a plugin out of what it says. */
export type HideSecrets = <T>(said: T) => T;

/**
 * Gives what takes secret settings out of texts, at any depth: a plugin that logs its configuration, or fails with it in the
 * message, must not carry a secret into the logs, the notifications or the screens of the shop.
 */
export function hidingSecrets(secrets: Readonly<Record<string, ConfigValue>>): HideSecrets {
  // The longest first: one may be part of another.
  const texts = Object.values(secrets)
    .map(String)
    .filter((text) => text.length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  const clean = (said: unknown): unknown => {
    if (typeof said === 'string') return texts.reduce((text, secret) => text.replaceAll(secret, HIDDEN), said);
    if (Array.isArray(said)) return said.map(clean);
    if (typeof said !== 'object' || said === null) return texts.includes(String(said)) ? HIDDEN : said;
    return Object.fromEntries(Object.entries(said).map(([key, value]) => [clean(key), clean(value)]));
  };
  return <T>(said: T) => (texts.length === 0 ? said : (clean(said) as T));
}
