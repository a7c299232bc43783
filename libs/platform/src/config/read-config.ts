import { flatten } from '@hansa/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { settingsOf } from './setting.js';

/** The environment does not fit the settings class. The message names variables and never shows a value. */
export class ConfigError extends Error {}

/** Reads the settings `Env` declares from `env`; an empty variable counts as unset. @throws {ConfigError} naming every bad one */
export function readEnv<T extends object>(Env: new () => T, env: Readonly<Record<string, string | undefined>>): T {
  const given = Object.fromEntries(settingsOf(Env).flatMap(({ name }) => (env[name] ? [[name, env[name]]] : [])));
  const vars = plainToInstance(Env, given, { exposeDefaultValues: true });
  const findings = flatten(validateSync(vars)).map(
    ({ path, message }) => `  ${path}: ${message.replace(`${path} `, '')}`,
  );
  if (findings.length > 0) throw new ConfigError(`These settings need a change:\n${findings.join('\n')}`);
  return vars;
}
