import { ConfigError, helpText, readConfig, SETTINGS } from './config.js';

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toMatchObject({
      port: 4200,
      host: '127.0.0.1',
      dataDir: '.data/stripe',
      secretKey: null,
      webhook: null,
    });
  });

  it('takes empty for unset', () => {
    expect(readConfig({ STRIPE_PORT: '', STRIPE_SECRET_KEY: ' ' })).toEqual(readConfig({}));
  });

  it('reads every variable that --help lists, and no other', () => {
    const read = new Set<string>();
    readConfig(new Proxy({}, { get: (_target, name) => void read.add(String(name)) }));
    const listed = SETTINGS.map(({ name }) => name);
    expect([...read].filter((name) => name !== 'NODE_ENV').sort()).toEqual([...listed].sort());
    for (const name of listed) expect(helpText()).toContain(name);
  });

  it('takes no secret key that its own API would refuse', () => {
    expect(() => readConfig({ STRIPE_SECRET_KEY: 'sk_test_with-dash' })).toThrow(/STRIPE_SECRET_KEY/);
    expect(readConfig({ STRIPE_SECRET_KEY: 'sk_test_a1' }).secretKey).toBe('sk_test_a1');
  });

  it('names every variable that cannot be used and prints no value', () => {
    const env = {
      STRIPE_PORT: '70000',
      STRIPE_SECRET_KEY: 'sk_live_hush',
      STRIPE_WEBHOOK_URL: 'ftp://hush',
      LOG_LEVEL: 'hush',
      STRIPE_WEBHOOK_RETRY_SECONDS: '1,hush',
    };
    let error: unknown;
    try {
      readConfig(env);
    } catch (it) {
      error = it;
    }
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    for (const name of [...Object.keys(env), 'STRIPE_WEBHOOK_SECRET']) expect(message).toContain(name);
    expect(message).not.toContain('hush');
  });

  it('refuses production', () => {
    expect(() => readConfig({ NODE_ENV: 'production' })).toThrow(/NODE_ENV/);
  });
});
