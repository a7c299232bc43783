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
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';

const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true };

/** Every environment variable the hub reads; `.env.example` is generated from it. */
export class CentralEnv {
  @Setting('Port the hub listens on.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(65_535)
  HUB_PORT = 4000;

  @Setting('Address the hub listens on; 0.0.0.0 to be reached from other machines.')
  @IsIP()
  HUB_HOST = '127.0.0.1';

  @Setting('Public URL of the hub, as shops and browsers reach it; http://localhost:HUB_PORT when unset.')
  @IsOptional()
  @IsUrl(WEB)
  HUB_URL?: string;

  @Setting('PostgreSQL of the hub; an embedded server under DATA_DIR runs when unset.')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//)
  DATABASE_URL?: string;

  @Setting('Connections to PostgreSQL each process may hold.')
  @ToNumber()
  @IsInt()
  @Min(2)
  @Max(500)
  DATABASE_POOL = 20;

  @Setting('Where artifacts, the embedded database and generated keys live.')
  @IsString()
  @MinLength(1)
  DATA_DIR = '.data/central';

  @Setting(
    'Encrypts secrets at rest: 32 bytes in base64, comma-separated with the newest first; made and kept in DATA_DIR/master.key when unset.',
  )
  @IsOptional()
  @ToList()
  @Matches(/^[A-Za-z0-9+/]{43}=$/, { each: true })
  MASTER_KEY?: string[];

  @Setting('Whether the feed needs a publishable key (key) or is open (public).')
  @IsIn(['key', 'public'])
  FEED_ACCESS: 'key' | 'public' = 'key';

  @Setting('Whether instance ids may arrive unsealed, as shops of the first generation send them.')
  @ToBoolean()
  @IsBoolean()
  ACCEPT_PLAIN_INSTANCE_ID = true;

  @Setting('Whether shops on loopback and private networks may be called; for development and tests.')
  @ToBoolean()
  @IsBoolean()
  ALLOW_PRIVATE_INSTANCES = false;

  @Setting('Requests a minute and address without a publishable key.')
  @ToNumber()
  @IsInt()
  @Min(1)
  RATE_LIMIT_ANONYMOUS = 60;

  @Setting('Requests a minute, key and address with a publishable key.')
  @ToNumber()
  @IsInt()
  @Min(1)
  RATE_LIMIT_KEY = 600;

  @Setting('Guesses at license keys a minute and address.')
  @ToNumber()
  @IsInt()
  @Min(1)
  RATE_LIMIT_LICENSE = 600;

  @Setting('Seconds a signed download URL is good for.')
  @ToNumber()
  @IsInt()
  @Min(10)
  @Max(86_400)
  DOWNLOAD_URL_TTL_SECONDS = 900;

  @Setting('Largest package a publisher may upload, in bytes.')
  @ToNumber()
  @IsInt()
  @Min(1_024)
  MAX_PACKAGE_BYTES = 104_857_600;

  @Setting('Hours after which an uploaded artifact that no release, version or picture names is cleared away.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(8_760)
  ORPHAN_ARTIFACT_HOURS = 48;

  @Setting('S3 bucket for artifacts; they lie below DATA_DIR when unset.')
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
  S3_BUCKET?: string;

  @Setting('Region of the bucket.')
  @IsString()
  @MinLength(1)
  S3_REGION = 'us-east-1';

  @Setting('Address of the S3 server as the hub reaches it; AWS when unset.')
  @IsOptional()
  @IsUrl(WEB)
  S3_ENDPOINT?: string;

  @Setting('Address of the S3 server as shops reach it, which takes https; S3_ENDPOINT when unset.')
  @IsOptional()
  @IsUrl(WEB)
  S3_PUBLIC_ENDPOINT?: string;

  @Setting('Whether the bucket stands in the path and not in the host name, as most servers but AWS want it.')
  @ToBoolean()
  @IsBoolean()
  S3_PATH_STYLE = false;

  @Setting('Key of the bucket; the AWS chain (environment, profile, instance role) is asked when unset.')
  @IsOptional()
  @IsString()
  @MinLength(1)
  S3_ACCESS_KEY_ID?: string;

  @Setting('Secret of S3_ACCESS_KEY_ID.')
  @IsOptional()
  @IsString()
  @MinLength(1)
  S3_SECRET_ACCESS_KEY?: string;

  @Setting('Whether shops fetch packages from the bucket by presigned addresses; through the hub otherwise.')
  @ToBoolean()
  @IsBoolean()
  S3_PRESIGNED = true;

  @Setting('Version of the publisher agreement in force; publishers accept exactly this one.')
  @IsString()
  @MinLength(1)
  PUBLISHER_AGREEMENT_VERSION = '1';

  @Setting('Where the publisher agreement can be read; HUB_URL/agreement when unset.')
  @IsOptional()
  @IsUrl(WEB)
  PUBLISHER_AGREEMENT_URL?: string;

  @Setting('Whether releases of verified publishers in which no check found anything are approved by themselves.')
  @ToBoolean()
  @IsBoolean()
  AUTO_APPROVAL = false;

  @Setting('Percent of failed installations that halts the rollout of a release.')
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  ROLLOUT_HALT_PERCENT = 20;

  @Setting('Reports of shops before their share of failures counts.')
  @ToNumber()
  @IsInt()
  @Min(1)
  ROLLOUT_HALT_REPORTS = 10;

  @Setting('Bytes of finished catalog answers each process may keep.')
  @ToNumber()
  @IsInt()
  @Min(1_000_000)
  CATALOG_CACHE_BYTES = 67_108_864;

  @Setting('Secret key of the Stripe account (or of the sandbox).')
  @IsOptional()
  @Matches(/^(sk|rk)_/)
  STRIPE_SECRET_KEY?: string;

  @Setting('Signing secrets of the Stripe webhook endpoints, comma-separated.')
  @ToList()
  @Matches(/^whsec_/, { each: true })
  STRIPE_WEBHOOK_SECRET: string[] = [];

  @Setting('Where Stripe’s API is; the sandbox’s address in development.')
  @IsUrl(WEB)
  STRIPE_API_BASE = 'https://api.stripe.com';

  @Setting('Whether Stripe finds the tax of what is sold; it is within the price.')
  @ToBoolean()
  @IsBoolean()
  STRIPE_AUTOMATIC_TAX = false;

  @Setting('Whether Stripe makes an invoice of single payments too; subscriptions always have theirs.')
  @ToBoolean()
  @IsBoolean()
  STRIPE_INVOICES = false;

  @Setting('Percent of a sale the hub keeps, for publishers nothing else was agreed with.')
  @ToNumber()
  @IsInt()
  @Min(0)
  @Max(100)
  COMMISSION_PERCENT = 10;

  @Setting('Least amount of a weekly payout, in minor units of its currency; what is less is carried on.')
  @ToNumber()
  @IsInt()
  @Min(1)
  PAYOUT_MINIMUM_MINOR = 2_500;

  @Setting('How often a merchant may move a license to another shop in 365 days.')
  @ToNumber()
  @IsInt()
  @Min(0)
  @Max(1_000)
  LICENSE_MOVES_PER_YEAR = 3;

  @Setting('Hours in which the last move of a license may be undone.')
  @ToNumber()
  @IsInt()
  @Min(0)
  @Max(8_760)
  LICENSE_MOVE_UNDO_HOURS = 24;

  @Setting('Staging and development shops that may run one license; they take no seat.')
  @ToNumber()
  @IsInt()
  @Min(0)
  @Max(1_000)
  LICENSE_COPIES = 5;

  @Setting('Who signs the certificates the hub sells: none, acme, or development (a CA of its own that nobody trusts).')
  @IsIn(['none', 'acme', 'development'])
  CERTIFICATE_ISSUER: 'none' | 'acme' | 'development' = 'none';

  @Setting('Directory of the ACME CA; naming it accepts the CA’s terms. Needed when CERTIFICATE_ISSUER is acme.')
  @ValidateIf(
    ({ CERTIFICATE_ISSUER, ACME_DIRECTORY_URL }: CentralEnv) =>
      CERTIFICATE_ISSUER === 'acme' || ACME_DIRECTORY_URL !== undefined,
  )
  @IsUrl(WEB)
  ACME_DIRECTORY_URL?: string;

  @Setting('Mail address the ACME CA may write to.')
  @IsOptional()
  @IsEmail({ require_tld: false })
  ACME_CONTACT?: string;

  @Setting('Key id of the customer account at the CA, where it wants one (external account binding).')
  @ValidateIf(({ ACME_EAB_KID, ACME_EAB_HMAC_KEY }: CentralEnv) => (ACME_EAB_KID ?? ACME_EAB_HMAC_KEY) !== undefined)
  @IsString()
  ACME_EAB_KID?: string;

  @Setting('Key of that account, base64url.')
  @ValidateIf(({ ACME_EAB_KID, ACME_EAB_HMAC_KEY }: CentralEnv) => (ACME_EAB_KID ?? ACME_EAB_HMAC_KEY) !== undefined)
  @Matches(/^[A-Za-z0-9_-]+$/)
  ACME_EAB_HMAC_KEY?: string;

  @Setting(
    'Days a paid certificate order has to show control and be issued; an authorised payment lapses after about 7.',
  )
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(30)
  CERTIFICATE_DAYS_TO_PROVE = 6;

  @Setting('Days an issued certificate can be fetched; shops ask for 30.')
  @ToNumber()
  @IsInt()
  @Min(30)
  @Max(3_650)
  CERTIFICATE_KEEP_DAYS = 60;

  @Setting(
    'Names whose proof of control is looked for elsewhere, name=host:port, comma-separated; for development and tests.',
  )
  @ToList()
  @Matches(/^[a-z0-9.-]+=[a-z0-9.-]+:\d{1,5}$/, { each: true })
  CERTIFICATE_TEST_HOSTS: string[] = [];

  @Setting('Mail server, smtp://user:password@host:port or smtps://…; mail is written to DATA_DIR/mail when unset.')
  @IsOptional()
  @Matches(/^smtps?:\/\/[^\s]+$/)
  SMTP_URL?: string;

  @Setting('Address mail comes from.')
  @IsEmail({ require_tld: false })
  MAIL_FROM = 'marketplace@localhost';

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
  JOB_CONCURRENCY = 5;

  @Setting('Least severe log line that is written: debug, info, warn, error or silent.')
  @IsIn(['debug', 'info', 'warn', 'error', 'silent'])
  LOG_LEVEL = 'info';
}
