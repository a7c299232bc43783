import type { ConfigField } from '@hansa/contracts';
import type { Config } from '../model.js';

export type FormValues = Record<string, string | number | boolean>;

/** What a form starts with: what is set, else the default, else nothing. Secrets start empty: nobody gets to see them. */
export function startValues({ config_schema: schema, config }: Config): FormValues {
  return Object.fromEntries(
    Object.entries(schema).map(([key, field]) => [
      key,
      field.secret ? '' : (config[key] ?? field.default ?? (field.type === 'boolean' ? false : '')),
    ]),
  );
}

/**
 * What is sent of a filled-in form. An empty secret is left out, which keeps what is stored; one that is to go is null. Other empty
 * fields are left out too: not set.
 */
export function valuesToSend(
  schema: Readonly<Record<string, ConfigField>>,
  values: FormValues,
  removedSecrets: readonly string[],
): Record<string, unknown> {
  const pairs = Object.entries(schema).flatMap(([key, field]): [string, unknown][] => {
    if (field.secret && removedSecrets.includes(key)) return [[key, null]];
    const value = values[key];
    return value === '' || value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(pairs);
}

export type ConfigFlaw = 'missing' | 'notANumber' | 'tooSmall' | 'tooLarge' | 'badForm';

/** What the shop found wrong with a value, for words in the reader's language; null where only the shop knows. */
export function flawOf(field: ConfigField, value: FormValues[string] | undefined): ConfigFlaw | null {
  if (value === undefined || value === '') return field.required ? 'missing' : null;
  if (field.type === 'number') {
    if (typeof value !== 'number') return 'notANumber';
    if (field.min !== undefined && value < field.min) return 'tooSmall';
    return field.max !== undefined && value > field.max ? 'tooLarge' : null;
  }
  return field.pattern === undefined ? null : 'badForm';
}
