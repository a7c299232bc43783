/** One environment variable: what `--help` prints and `readConfig` reads. */
interface Setting {
  readonly name: string;
  readonly default: string;
  readonly about: string;
}

/** Every variable the sandbox reads. A test holds this list and `readConfig` together. */
export const SETTINGS: readonly Setting[] = [
  { name: 'STRIPE_PORT', default: '4200', about: 'port to listen on' },
  { name: 'HOST', default: '127.0.0.1', about: 'address to listen on' },
  { name: 'STRIPE_PUBLIC_URL', default: 'http://localhost:$STRIPE_PORT', about: 'how browsers reach the payment page' },
  { name: 'DATA_DIR', default: '.data/stripe', about: 'folder that keeps sessions, events and endpoints' },
  { name: 'STRIPE_SECRET_KEY', default: '', about: 'the only API key accepted; empty accepts every sk_test_ key' },
  { name: 'STRIPE_WEBHOOK_URL', default: '', about: 'a webhook endpoint made at start, all events' },
  { name: 'STRIPE_WEBHOOK_SECRET', default: '', about: 'its signing secret, whsec_...' },
  {
    name: 'STRIPE_WEBHOOK_RETRY_SECONDS',
    default: '1,2,5,10,20,30,60,120,300,600,1800,3600',
    about: 'waits between tries',
  },
  { name: 'STRIPE_WEBHOOK_TIMEOUT_MS', default: '10000', about: 'how long a receiver may take' },
  { name: 'STRIPE_SETTLE_DELAY_MS', default: '5000', about: 'how long a bank debit takes to succeed or fail' },
  { name: 'STRIPE_TAX_PERCENT', default: '19', about: 'what automatic tax finds, where a session asks for it' },
  { name: 'STRIPE_LATENCY_MS', default: '20', about: 'how long a POST takes; equal keys inside it answer 409' },
  { name: 'STRIPE_MAX_BODY_BYTES', default: '262144', about: 'largest request body' },
  { name: 'LOG_LEVEL', default: 'warn', about: 'fatal, error, warn, info, debug or silent' },
];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A webhook endpoint that exists from the start and goes when it is no longer configured. */
export interface ConfiguredWebhook {
  readonly url: string;
  readonly secret: string;
}

export interface SandboxConfig {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Null means `http://localhost` and the port. */
  readonly publicUrl: string | null;
  /** Null keeps everything in memory. */
  readonly dataDir: string | null;
  /** Null accepts every `sk_test_` key. */
  readonly secretKey: string | null;
  readonly webhook: ConfiguredWebhook | null;
  /** Waits between tries of one delivery; when they are used up it has failed. */
  readonly retryMs: readonly number[];
  readonly webhookTimeoutMs: number;
  readonly settleDelayMs: number;
  readonly taxPercent: number;
  readonly latencyMs: number;
  readonly maxBodyBytes: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** The configuration cannot be used. Names variables and never prints a value: values may be secrets. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['Invalid configuration', ...problems].join('\n  '));
    this.name = 'ConfigError';
  }
}

/** Stops a stand-in that takes any card number from ever being asked for a real payment. */
export function refuseProduction(env: NodeJS.ProcessEnv = process.env): void {
  if (env['NODE_ENV'] === 'production') {
    throw new ConfigError(['NODE_ENV: the Stripe sandbox does not run in production; use Stripe']);
  }
}

/**
 * Reads the environment once; unset and empty variables take their default.
 *
 * @throws {ConfigError} naming every variable that cannot be used
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): SandboxConfig {
  refuseProduction(env);
  const problems: string[] = [];
  const text = (name: string): string => env[name]?.trim() || (SETTINGS.find((it) => it.name === name)?.default ?? '');
  const check = (name: string, ok: boolean, expected: string): void => {
    if (!ok) problems.push(`${name}: must be ${expected}`);
  };
  const integer = (name: string, min: number, max: number): number => {
    const value = text(name);
    const number = /^\d{1,10}$/.test(value) ? Number(value) : NaN;
    check(name, number >= min && number <= max, `a whole number from ${min} to ${max}`);
    return number;
  };
  const httpUrl = (name: string, value: string): string | null => {
    if (value === '') return null;
    check(name, isHttpUrl(value), 'an http or https URL');
    return value.replace(/\/+$/, '');
  };

  const port = integer('STRIPE_PORT', 0, 65_535);
  const secretKey = text('STRIPE_SECRET_KEY') || null;
  check('STRIPE_SECRET_KEY', secretKey === null || isTestKey(secretKey), 'sk_test_ and letters or digits');
  const webhookUrl = httpUrl('STRIPE_WEBHOOK_URL', text('STRIPE_WEBHOOK_URL'));
  const webhookSecret = text('STRIPE_WEBHOOK_SECRET');
  check('STRIPE_WEBHOOK_SECRET', webhookUrl === null || webhookSecret !== '', 'set together with STRIPE_WEBHOOK_URL');
  const retryMs = text('STRIPE_WEBHOOK_RETRY_SECONDS').split(',').map(secondsToMs);
  check('STRIPE_WEBHOOK_RETRY_SECONDS', !retryMs.some(Number.isNaN), 'seconds separated by commas, like 1,5,30');
  const logLevel = LOG_LEVELS.find((level) => level === text('LOG_LEVEL'));
  check('LOG_LEVEL', logLevel !== undefined, `one of ${LOG_LEVELS.join(', ')}`);

  const config: SandboxConfig = {
    port,
    host: text('HOST'),
    publicUrl: httpUrl('STRIPE_PUBLIC_URL', env['STRIPE_PUBLIC_URL']?.trim() ?? ''),
    dataDir: text('DATA_DIR'),
    secretKey,
    webhook: webhookUrl === null ? null : { url: webhookUrl, secret: webhookSecret },
    retryMs,
    webhookTimeoutMs: integer('STRIPE_WEBHOOK_TIMEOUT_MS', 1, 120_000),
    settleDelayMs: integer('STRIPE_SETTLE_DELAY_MS', 0, 86_400_000),
    taxPercent: integer('STRIPE_TAX_PERCENT', 0, 100),
    latencyMs: integer('STRIPE_LATENCY_MS', 0, 60_000),
    maxBodyBytes: integer('STRIPE_MAX_BODY_BYTES', 1024, 10_485_760),
    logLevel: logLevel ?? 'warn',
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

function secondsToMs(text: string): number {
  return /^\s*\d{1,6}(\.\d{1,3})?\s*$/.test(text) ? Math.round(Number(text) * 1000) : NaN;
}

/** The text of `--help`. */
export function helpText(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length));
  const lines = SETTINGS.map((it) => `  ${it.name.padEnd(width)}  ${it.about}${it.default ? ` (${it.default})` : ''}`);
  return [
    'stripe-sandbox: a local stand-in for Stripe (API, payment page, webhooks). No money moves.',
    '',
    'Usage: node dist/src/main.js [--help]',
    '',
    'Settings, all by environment:',
    ...lines,
    '',
  ].join('\n');
}

/** Whether this is shaped as a test key of Stripe. */
export function isTestKey(key: string): boolean {
  return /^sk_test_\w{1,200}$/.test(key);
}
