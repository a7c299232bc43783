import { resolve } from 'node:path';
import { readEnv } from '@hansa/platform';
import { CentralEnv } from './central-env.js';

/** An S3 bucket and how it is reached. */
export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Of AWS when unset. */
  readonly endpoint: string | undefined;
  /** As shops reach it: presigned addresses begin so. */
  readonly publicEndpoint: string | undefined;
  readonly pathStyle: boolean;
  /** The SDK's own chain (environment, instance role) is asked when unset. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Whether shops fetch packages from the store itself. */
  readonly presigned: boolean;
}

/** The hub's settings, read once at start and passed down frozen. Class and value: it is its own injection token. */
export class CentralConfig {
  readonly http!: { readonly host: string; readonly port: number; readonly trustedProxies: readonly string[] };
  /** Public origin of the hub, no slash at the end. */
  readonly hubUrl!: string;
  readonly database!: { readonly url: string | undefined; readonly poolSize: number };
  readonly dataDir!: string;
  readonly masterKeys!: readonly Buffer[] | undefined;
  readonly feedAccess!: 'key' | 'public';
  readonly instances!: { readonly acceptPlainId: boolean; readonly allowPrivate: boolean };
  /** Requests a minute. */
  readonly rates!: { readonly anonymous: number; readonly key: number; readonly license: number };
  readonly downloads!: { readonly urlTtlSeconds: number };
  readonly storage!: {
    /** How old an artifact must be that no row names, before it is cleared away. */
    readonly orphanHours: number;
    /** Artifacts lie in a directory below `dataDir` when unset. */
    readonly s3: S3Settings | undefined;
  };
  readonly releases!: { readonly maxPackageBytes: number };
  readonly publishing!: {
    readonly agreementVersion: string;
    readonly agreementUrl: string | undefined;
    readonly autoApproval: boolean;
    readonly haltPercent: number;
    readonly haltReports: number;
  };
  readonly catalog!: { readonly cacheBytes: number };
  readonly stripe!: {
    readonly secretKey: string | undefined;
    readonly webhookSecrets: readonly string[];
    readonly apiBase: string;
    readonly automaticTax: boolean;
    readonly invoices: boolean;
  };
  readonly licenses!: {
    readonly movesPerYear: number;
    /** How long a move may be undone. */
    readonly undoHours: number;
    /** Staging and development shops that may run a license beside its seats. */
    readonly copies: number;
  };
  readonly certificates!: {
    readonly issuer: 'none' | 'acme' | 'development';
    readonly acme:
      | {
          readonly directoryUrl: string;
          readonly contact: string | undefined;
          readonly binding: { readonly kid: string; readonly hmacKey: string } | undefined;
        }
      | undefined;
    readonly daysToProve: number;
    readonly keepDays: number;
    /** `host:port` by name. */
    readonly testHosts: ReadonlyMap<string, string>;
  };
  readonly commissionPercent!: number;
  readonly payoutMinimumMinor!: number;
  readonly mail!: {
    /** `smtp://user:password@host:port`; mail is written to a folder of the data directory when unset. */
    readonly smtpUrl: string | undefined;
    readonly from: string;
  };
  readonly worker!: { readonly inProcess: boolean; readonly concurrency: number };
  readonly logLevel!: string;
}

/** @throws {ConfigError} naming every variable that does not fit */
export function readCentralConfig(env: Readonly<Record<string, string | undefined>>): CentralConfig {
  const vars = readEnv(CentralEnv, env);
  return Object.freeze<CentralConfig>({
    http: { host: vars.HUB_HOST, port: vars.HUB_PORT, trustedProxies: vars.TRUSTED_PROXIES },
    hubUrl: (vars.HUB_URL ?? `http://localhost:${vars.HUB_PORT}`).replace(/\/+$/, ''),
    database: { url: vars.DATABASE_URL, poolSize: vars.DATABASE_POOL },
    dataDir: resolve(vars.DATA_DIR),
    masterKeys: vars.MASTER_KEY?.map((key) => Buffer.from(key, 'base64')),
    feedAccess: vars.FEED_ACCESS,
    instances: { acceptPlainId: vars.ACCEPT_PLAIN_INSTANCE_ID, allowPrivate: vars.ALLOW_PRIVATE_INSTANCES },
    rates: { anonymous: vars.RATE_LIMIT_ANONYMOUS, key: vars.RATE_LIMIT_KEY, license: vars.RATE_LIMIT_LICENSE },
    downloads: { urlTtlSeconds: vars.DOWNLOAD_URL_TTL_SECONDS },
    storage: { orphanHours: vars.ORPHAN_ARTIFACT_HOURS, s3: s3Of(vars) },
    releases: { maxPackageBytes: vars.MAX_PACKAGE_BYTES },
    publishing: {
      agreementVersion: vars.PUBLISHER_AGREEMENT_VERSION,
      agreementUrl: vars.PUBLISHER_AGREEMENT_URL,
      autoApproval: vars.AUTO_APPROVAL,
      haltPercent: vars.ROLLOUT_HALT_PERCENT,
      haltReports: vars.ROLLOUT_HALT_REPORTS,
    },
    catalog: { cacheBytes: vars.CATALOG_CACHE_BYTES },
    stripe: {
      secretKey: vars.STRIPE_SECRET_KEY,
      webhookSecrets: vars.STRIPE_WEBHOOK_SECRET,
      apiBase: vars.STRIPE_API_BASE,
      automaticTax: vars.STRIPE_AUTOMATIC_TAX,
      invoices: vars.STRIPE_INVOICES,
    },
    licenses: {
      movesPerYear: vars.LICENSE_MOVES_PER_YEAR,
      undoHours: vars.LICENSE_MOVE_UNDO_HOURS,
      copies: vars.LICENSE_COPIES,
    },
    certificates: certificatesOf(vars),
    commissionPercent: vars.COMMISSION_PERCENT,
    payoutMinimumMinor: vars.PAYOUT_MINIMUM_MINOR,
    mail: { smtpUrl: vars.SMTP_URL, from: vars.MAIL_FROM },
    worker: { inProcess: vars.WORKER, concurrency: vars.JOB_CONCURRENCY },
    logLevel: vars.LOG_LEVEL,
  });
}

function s3Of(vars: CentralEnv): S3Settings | undefined {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = vars;
  if (bucket === undefined) return undefined;
  const hasKey = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    bucket,
    region: vars.S3_REGION,
    endpoint: vars.S3_ENDPOINT,
    publicEndpoint: vars.S3_PUBLIC_ENDPOINT ?? vars.S3_ENDPOINT,
    pathStyle: vars.S3_PATH_STYLE,
    credentials: hasKey ? { accessKeyId, secretAccessKey } : undefined,
    presigned: vars.S3_PRESIGNED,
  };
}

function certificatesOf(vars: CentralEnv): CentralConfig['certificates'] {
  const { ACME_EAB_KID: kid, ACME_EAB_HMAC_KEY: hmacKey } = vars;
  const binding = kid !== undefined && hmacKey !== undefined ? { kid, hmacKey } : undefined;
  const acme = { directoryUrl: vars.ACME_DIRECTORY_URL ?? '', contact: vars.ACME_CONTACT, binding };
  const testHosts = vars.CERTIFICATE_TEST_HOSTS.map((pair) => pair.split('=') as [string, string]);
  return {
    issuer: vars.CERTIFICATE_ISSUER,
    acme: vars.CERTIFICATE_ISSUER === 'acme' ? acme : undefined,
    daysToProve: vars.CERTIFICATE_DAYS_TO_PROVE,
    keepDays: vars.CERTIFICATE_KEEP_DAYS,
    testHosts: new Map(testHosts),
  };
}

type Settings = { readonly [Name in keyof CentralConfig]: CentralConfig[Name] };

/** Settings that suit tests: nothing to read, private addresses allowed, no limit in the way. */
export function centralConfigForTests(overrides: Partial<CentralConfig> = {}): CentralConfig {
  const base: Settings = readCentralConfig({
    ALLOW_PRIVATE_INSTANCES: 'true',
    CERTIFICATE_ISSUER: 'development',
    STRIPE_SECRET_KEY: 'sk_test_unused',
    STRIPE_WEBHOOK_SECRET: 'whsec_test,whsec_connected',
    STRIPE_API_BASE: 'http://127.0.0.1:1',
    RATE_LIMIT_ANONYMOUS: '1000000',
    RATE_LIMIT_KEY: '1000000',
    RATE_LIMIT_LICENSE: '1000000',
    LOG_LEVEL: 'silent',
  });
  return Object.freeze<CentralConfig>({ ...base, masterKeys: [Buffer.alloc(32, 7)], ...overrides });
}
