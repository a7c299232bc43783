import { ENVIRONMENTS, INSTANCE_ID, SEMVER, type InstanceEnvironment } from '@hansa/contracts';
import { Setting, ToBoolean, ToList, ToNumber } from '@hansa/platform';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsIP,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';

const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true };

/** How this shop hears of events: the hub calls it, it asks the hub, or whichever the hub finds to work. */
export const DELIVERY_CHOICES = ['auto', 'push', 'pull'] as const;
export type DeliveryChoice = (typeof DELIVERY_CHOICES)[number];

/** Every environment variable the tenant reads; `.env.example` is generated from it. */
export class TenantEnv {
  @Setting('Port the tenant listens on.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(65_535)
  TENANT_PORT = 4100;

  @Setting('Address the tenant listens on; 0.0.0.0 to be reached from other machines.')
  @IsIP()
  HOST = '127.0.0.1';

  @Setting('Public URL of the shop, as the hub and browsers reach it; http://localhost:TENANT_PORT when unset.')
  @IsOptional()
  @IsUrl(WEB)
  BASE_URL?: string;

  @Setting('PostgreSQL of the tenant; an embedded server under DATA_DIR runs when unset.')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//)
  DATABASE_URL?: string;

  @Setting('Connections to PostgreSQL each process may hold; at least two more than JOB_CONCURRENCY.')
  @ToNumber()
  @IsInt()
  @Min(2)
  @Max(500)
  DATABASE_POOL = 10;

  @Setting('Where plugins, the embedded database and generated keys live.')
  @IsString()
  @MinLength(1)
  DATA_DIR = '.data/tenant';

  @Setting(
    'Encrypts secrets at rest: 32 bytes in base64, comma-separated with the newest first; made and kept in DATA_DIR/master.key when unset.',
  )
  @IsOptional()
  @ToList()
  @Matches(/^[A-Za-z0-9+/]{43}=$/, { each: true })
  MASTER_KEY?: string[];

  @Setting('The hub this shop belongs to; the marketplace shows local plugins only when unset.')
  @IsOptional()
  @IsUrl(WEB)
  CARPHACOM_FEDERATION_URL?: string;

  @Setting('Publishable key of the hub (pk_…).')
  @IsOptional()
  @Matches(/^pk_[A-Za-z0-9_-]{1,200}$/)
  CARPHACOM_FEDERATION_PK?: string;

  @Setting('Seconds a hub may take to answer before it counts as away.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(120)
  HUB_TIMEOUT_SECONDS = 15;

  @Setting('Id of this instance at the hub (inst_…); made and kept at the first start when unset.')
  @IsOptional()
  @Matches(INSTANCE_ID)
  CARPHACOM_INSTANCE_ID?: string;

  @Setting(
    'File with the pinned root of the hub’s release metadata; the first root the hub shows is pinned when unset.',
  )
  @IsOptional()
  @IsString()
  CARPHACOM_FEDERATION_ROOT?: string;

  @Setting(
    'File with the hub’s key set (its /.well-known/jwks.json), for a shop that cannot reach its hub and takes licenses by hand.',
  )
  @IsOptional()
  @IsString()
  CARPHACOM_FEDERATION_KEYS?: string;

  @Setting('Version of the shop platform; packages that need another are refused.')
  @Matches(SEMVER)
  PLATFORM_VERSION = '2.0.0';

  @Setting('What this installation is for: production (takes license seats), staging or development.')
  @IsIn(ENVIRONMENTS)
  ENVIRONMENT: InstanceEnvironment = 'production';

  @Setting('How events of the hub arrive: push, pull (behind NAT), or auto, which follows what the hub finds to work.')
  @IsIn(DELIVERY_CHOICES)
  DELIVERY_MODE: DeliveryChoice = 'auto';

  @Setting('E-mail of the first admin, made at start when there is none.')
  @IsOptional()
  @IsEmail()
  ADMIN_EMAIL?: string;

  @Setting('Password of the first admin, at least 10 characters.')
  @IsOptional()
  @IsString()
  @MinLength(10)
  @MaxLength(200)
  ADMIN_PASSWORD?: string;

  @Setting(
    'Token the host platform brings to POST /host/events, 32 characters or more; its events are refused when unset.',
  )
  @IsOptional()
  @Matches(/^[\x21-\x7e]{32,200}$/)
  HOST_TOKEN?: string;

  @Setting('Largest package that is downloaded, in bytes.')
  @ToNumber()
  @IsInt()
  @Min(1_024)
  MAX_PACKAGE_BYTES = 104_857_600;

  @Setting('Releases of a plugin kept beside the current one, to go back to.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(20)
  KEEP_RELEASES = 2;

  @Setting('Memory a plugin may fill with JavaScript objects, in MiB; its process may take 128 more.')
  @ToNumber()
  @IsInt()
  @Min(32)
  @Max(4_096)
  PLUGIN_MEMORY_MB = 128;

  @Setting('Seconds a plugin may take to start.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(300)
  PLUGIN_START_SECONDS = 10;

  @Setting('Days the egress ledger is kept.')
  @ToNumber()
  @IsInt()
  @Min(1)
  EGRESS_DAYS = 90;

  @Setting(
    'Lets webhooks of the shop go to plain http and to private addresses; for development and listeners next door.',
  )
  @ToBoolean()
  @IsBoolean()
  ALLOW_PRIVATE_WEBHOOKS = false;

  @Setting('Addresses of reverse proxies whose X-Forwarded-* headers are believed, comma-separated.')
  @ToList()
  @IsString({ each: true })
  TRUSTED_PROXIES: string[] = [];

  @Setting('Whether the http process also does jobs; set false when separate workers run.')
  @ToBoolean()
  @IsBoolean()
  WORKER = true;

  @Setting('Jobs a worker does at the same time.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  JOB_CONCURRENCY = 3;

  @Setting('Least severe log line that is written: debug, info, warn, error or silent.')
  @IsIn(['debug', 'info', 'warn', 'error', 'silent'])
  LOG_LEVEL = 'info';
}
