import type { ConfigField, ProblemDetail } from '@hansa/contracts';
import type { ConfigValue } from './plugin.entity.js';

export type ConfigSchema = Readonly<Record<string, ConfigField>>;
type Values = Readonly<Record<string, ConfigValue>>;

export type ConfigVerdict =
  | { readonly ok: true; readonly plain: Values; readonly secrets: Values }
  | { readonly ok: false; readonly findings: readonly ProblemDetail[] };

/** Longest text of one setting. Patterns come from publishers, so what they are matched with stays short. */
const MAX_TEXT = 10_000;
const MAX_MATCHED_TEXT = 1_000;

/**
 * Checks what a merchant entered against the manifest's schema and parts secrets from the rest. A secret that is left out
 * keeps its value, so that a form can be sent back without ever having shown it; null removes one.
 */
export function readConfig(
  schema: ConfigSchema,
  given: Readonly<Record<string, unknown>>,
  kept: Values,
): ConfigVerdict {
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(schema, key));
  const findings = unknown.map((key) => ({ path: `config.${key}`, message: 'is no setting of this plugin' }));
  const plain: Record<string, ConfigValue> = {};
  const secrets: Record<string, ConfigValue> = {};
  for (const [key, field] of Object.entries(schema)) {
    const left = field.secret && given[key] === undefined ? kept[key] : undefined;
    const value = given[key] ?? left;
    const flaw = value === undefined ? missing(field) : flawOf(field, value);
    if (flaw) findings.push({ path: `config.${key}`, message: flaw });
    else if (value !== undefined) (field.secret ? secrets : plain)[key] = value as ConfigValue;
  }
  return findings.length > 0 ? { ok: false, findings } : { ok: true, plain, secrets };
}

/** What a plugin is started with: the merchant's settings over the schema's defaults. */
export function effectiveConfig(schema: ConfigSchema, plain: Values, secrets: Values): Values {
  const defaults = Object.entries(schema).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[key, value]],
  );
  return { ...(Object.fromEntries(defaults) as Values), ...plain, ...secrets };
}

function missing(field: ConfigField): string | null {
  return field.required && field.default === undefined ? 'is required' : null;
}

function flawOf(field: ConfigField, value: unknown): string | null {
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'number':
      return numberFlaw(field, value);
    case 'select':
      return (field.options ?? []).includes(value as string) ? null : 'must be one of the options';
    case 'string':
    case 'text':
      return textFlaw(field, value);
  }
}

function numberFlaw({ min, max }: ConfigField, value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
  if (min !== undefined && value < min) return `must not be below ${min}`;
  return max !== undefined && value > max ? `must not be above ${max}` : null;
}

function textFlaw({ pattern, required }: ConfigField, value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_TEXT) return `must be a text of at most ${MAX_TEXT} characters`;
  if (required && value === '') return 'is required';
  if (pattern === undefined) return null;
  return value.length <= MAX_MATCHED_TEXT && matches(pattern, value)
    ? null
    : 'does not have the form the plugin asks for';
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    return true; // a pattern that is none cannot be met by any text; it must not lock the form
  }
}
