import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max } from 'class-validator';
import { ConfigError, readEnv } from './read-config.js';
import { envExample, Setting } from './setting.js';
import { ToBoolean, ToList, ToNumber } from './transforms.js';

class Env {
  @Setting('Port to listen on.')
  @ToNumber()
  @IsInt()
  @Max(65_535)
  PORT = 4000;

  @Setting('Key of the account.')
  @IsOptional()
  @Matches(/^sk_/)
  SECRET_KEY?: string;

  @Setting('Whether to be careful.')
  @ToBoolean()
  @IsBoolean()
  CAREFUL = true;

  @Setting('Names.')
  @ToList()
  @IsString({ each: true })
  NAMES: string[] = [];
}

describe(readEnv.name, () => {
  it('uses the defaults for what is unset or empty', () => {
    expect(readEnv(Env, { PORT: '', UNKNOWN: 'x' })).toEqual({ PORT: 4000, CAREFUL: true, NAMES: [] });
  });

  it('reads numbers, booleans and lists', () => {
    expect(readEnv(Env, { PORT: '80', CAREFUL: 'false', NAMES: 'a, b,' })).toMatchObject({
      PORT: 80,
      CAREFUL: false,
      NAMES: ['a', 'b'],
    });
  });

  it('names every bad variable at once and never shows a value', () => {
    const read = () => readEnv(Env, { PORT: '80x', SECRET_KEY: 'hunter2', CAREFUL: 'perhaps' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/PORT[^]*SECRET_KEY[^]*CAREFUL/);
    expect(read).not.toThrow(/hunter2|80x|perhaps/);
  });
});

describe(envExample.name, () => {
  it('lists every variable with its meaning and default', () => {
    expect(envExample(Env)).toBe(
      '# Port to listen on.\n# PORT=4000\n\n# Key of the account.\n# SECRET_KEY=\n\n# Whether to be careful.\n# CAREFUL=true\n\n# Names.\n# NAMES=\n',
    );
  });
});
