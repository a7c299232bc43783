import { resolve } from 'node:path';
import type { InstanceEnvironment } from '@hansa/contracts';
import { readEnv } from '@hansa/platform';
import { TenantEnv, type DeliveryChoice } from './tenant-env.js';

/** The tenant's settings, read once at start and passed down frozen. Class and value: it is its own injection token. */
export class TenantConfig {
  readonly http!: { readonly host: string; readonly port: number; readonly trustedProxies: readonly string[] };
  /** Public origin of the shop, no slash at the end. */
  readonly baseUrl!: string;
  readonly database!: { readonly url: string | undefined; readonly poolSize: number };
  readonly dataDir!: string;
  readonly masterKeys!: readonly Buffer[] | undefined;
  /** Undefined unless both URL and key are set: then only local plugins exist. */
  readonly federation!:
    { readonly url: string; readonly publishableKey: string; readonly timeoutMs: number } | undefined;
  /** File with the root of the hub's release metadata; the first root the hub shows is pinned when undefined. */
  readonly pinnedRootFile!: string | undefined;
  /** File with the hub’s key set, for a shop that cannot fetch it. */
  readonly hubKeysFile!: string | undefined;
  readonly instance!: {
    readonly id: string | undefined;
    readonly environment: InstanceEnvironment;
    readonly delivery: DeliveryChoice;
  };
  readonly platformVersion!: string;
  readonly firstAdmin!: { readonly email: string; readonly password: string } | undefined;
  /** What the host platform proves itself with when it tells of its events. */
  readonly hostToken!: string | undefined;
  readonly packages!: { readonly maxBytes: number; readonly keepReleases: number };
  /** Limits of each plugin's process. */
  readonly plugins!: { readonly maxMemoryMb: number; readonly startTimeoutMs: number };
  readonly egress!: { readonly days: number };
  /** Whether webhooks of the shop may go to plain http and to private addresses. */
  readonly webhooks!: { readonly allowPrivate: boolean };
  /** Tries a minute. */
  readonly logins!: { readonly perAddress: number; readonly perEmail: number };
  readonly worker!: { readonly inProcess: boolean; readonly concurrency: number };
  readonly logLevel!: string;
}

/** @throws {ConfigError} naming every variable that does not fit */
export function readTenantConfig(env: Readonly<Record<string, string | undefined>>): TenantConfig {
  const vars = readEnv(TenantEnv, env);
  const { CARPHACOM_FEDERATION_URL: url, CARPHACOM_FEDERATION_PK: publishableKey } = vars;
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = vars;
  return Object.freeze<TenantConfig>({
    http: { host: vars.HOST, port: vars.TENANT_PORT, trustedProxies: vars.TRUSTED_PROXIES },
    baseUrl: withoutSlash(vars.BASE_URL ?? `http://localhost:${vars.TENANT_PORT}`),
    // A job that installs holds a connection for its lock beside the one it works with.
    database: {
      url: vars.DATABASE_URL,
      poolSize: Math.max(vars.DATABASE_POOL, vars.JOB_CONCURRENCY + 2),
    },
    dataDir: resolve(vars.DATA_DIR),
    masterKeys: vars.MASTER_KEY?.map((key) => Buffer.from(key, 'base64')),
    federation:
      url && publishableKey
        ? { url: withoutSlash(url), publishableKey, timeoutMs: vars.HUB_TIMEOUT_SECONDS * 1_000 }
        : undefined,
    pinnedRootFile: vars.CARPHACOM_FEDERATION_ROOT && resolve(vars.CARPHACOM_FEDERATION_ROOT),
    hubKeysFile: vars.CARPHACOM_FEDERATION_KEYS && resolve(vars.CARPHACOM_FEDERATION_KEYS),
    instance: { id: vars.CARPHACOM_INSTANCE_ID, environment: vars.ENVIRONMENT, delivery: vars.DELIVERY_MODE },
    platformVersion: vars.PLATFORM_VERSION,
    firstAdmin: email && password ? { email, password } : undefined,
    hostToken: vars.HOST_TOKEN,
    packages: { maxBytes: vars.MAX_PACKAGE_BYTES, keepReleases: vars.KEEP_RELEASES },
    plugins: { maxMemoryMb: vars.PLUGIN_MEMORY_MB, startTimeoutMs: vars.PLUGIN_START_SECONDS * 1_000 },
    egress: { days: vars.EGRESS_DAYS },
    webhooks: { allowPrivate: vars.ALLOW_PRIVATE_WEBHOOKS },
    logins: { perAddress: 30, perEmail: 10 },
    worker: { inProcess: vars.WORKER, concurrency: vars.JOB_CONCURRENCY },
    logLevel: vars.LOG_LEVEL,
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

type Settings = { readonly [Name in keyof TenantConfig]: TenantConfig[Name] };

/** Settings that suit tests: no hub, no first admin, nothing logged. */
export function tenantConfigForTests(overrides: Partial<TenantConfig> = {}): TenantConfig {
  const base: Settings = readTenantConfig({ LOG_LEVEL: 'silent' });
  return Object.freeze<TenantConfig>({ ...base, masterKeys: [Buffer.alloc(32, 7)], ...overrides });
}
