import 'reflect-metadata';

export interface SettingDoc {
  readonly name: string;
  readonly about: string;
}

const KEY = Symbol('settings');

/** Declares an environment variable of the same name as the property, with the line `.env.example` says about it. */
export function Setting(about: string): PropertyDecorator {
  return (target, name) => {
    const known = (Reflect.getOwnMetadata(KEY, target.constructor) ?? []) as SettingDoc[];
    Reflect.defineMetadata(KEY, [...known, { name: String(name), about }], target.constructor);
  };
}

/** The variables a settings class declares, in the order it declares them. */
export function settingsOf(Env: new () => object): readonly SettingDoc[] {
  return (Reflect.getOwnMetadata(KEY, Env) ?? []) as SettingDoc[];
}

/** `.env.example` of a settings class: every variable with its meaning and its default, all commented out. */
export function envExample(Env: new () => object): string {
  const defaults = new Env() as Record<string, string | number | boolean | string[] | undefined>;
  return settingsOf(Env)
    .map(({ name, about }) => `# ${about}\n# ${name}=${String(defaults[name] ?? '')}\n`)
    .join('\n');
}
