import { plainToInstance, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  MaxLength,
  Min,
  validateSync,
  ValidateNested,
  type ValidationError,
} from 'class-validator';
import semver from 'semver';
import { MARKETPLACE_ID, PLUGIN_ID, SEMVER } from './ids.js';
import { refusePairs } from './manifest-rules.js';
import { PACKAGE_TYPES, type PackageType } from './vocabulary.js';

export const CONFIG_FIELD_TYPES = ['string', 'number', 'boolean', 'select', 'text'] as const;

/** One setting a merchant fills in; the tenant draws the form from it and validates with it. */
export class ConfigField {
  @IsIn(CONFIG_FIELD_TYPES) type!: (typeof CONFIG_FIELD_TYPES)[number];
  @IsString() @Length(1, 120) label!: string;
  @IsOptional() @IsBoolean() required?: boolean;
  @IsOptional() @IsString() @MaxLength(200) placeholder?: string;
  /** Encrypted at rest and never sent back to a browser. */
  @IsOptional() @IsBoolean() secret?: boolean;
  @IsOptional() default?: string | number | boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) options?: string[];
  @IsOptional() @IsString() @MaxLength(500) pattern?: string;
  @IsOptional() @IsNumber() min?: number;
  @IsOptional() @IsNumber() max?: number;
}

export class MenuItem {
  @IsString() @Length(1, 60) label!: string;
  @Matches(/^\/[\w\-./]{0,200}$/) path!: string;
  @IsOptional() @IsString() @MaxLength(60) icon?: string;
}

export class ManifestPermissions {
  /** Hosts the plugin may talk to, `host` or `host:port`; everything else is refused. */
  @IsOptional() @IsArray() @Matches(/^(\*\.)?[a-z0-9.-]+(:\d{1,5})?$/, { each: true }) net?: string[];
  /** Event names the plugin hears; `order.*` stands for a group. */
  @IsOptional() @IsArray() @Matches(/^[a-z-]+\.(\*|[a-z_.-]+)$/, { each: true }) events?: string[];
  @IsOptional() @IsBoolean() storage?: boolean;
}

export class ManifestHooks {
  @IsOptional() @IsBoolean() install?: boolean;
  @IsOptional() @IsBoolean() upgrade?: boolean;
  @IsOptional() @IsBoolean() uninstall?: boolean;
  @IsOptional() @IsBoolean() health?: boolean;
}

const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

/** `manifest.json` at the root of a package (federation.md §6). Fields it does not know are kept, not refused. */
export class Manifest {
  @MaxLength(60) @Matches(PLUGIN_ID) id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() @Length(1, 80) name!: string;
  @MaxLength(128) @Matches(SEMVER) version!: string;
  @IsIn(PACKAGE_TYPES) type!: PackageType;
  @MaxLength(128) @Matches(SEMVER) carphacom_min_version!: string;
  @IsOptional() @MaxLength(128) @Matches(SEMVER) carphacom_max_version?: string;
  @IsString() @Length(1, 10_000) description!: string;
  @IsString() @Length(1, 120) author!: string;
  @MaxLength(500) @IsUrl(WEB) author_url!: string;
  /** The publisher's proposal in euros; the listing's price is the price. */
  @IsNumber({ maxDecimalPlaces: 2 }) @Min(0) price_eur!: number;
  @IsOptional() @IsString() @MaxLength(500) icon_url?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) screenshots?: string[];
  @IsOptional() @Matches(/^\.\/[\w\-./]{1,200}\.(m?js|cjs)$/) entry?: string;
  @IsOptional() @IsBoolean() migrations?: boolean;
  @IsOptional() @IsBoolean() auto_restart?: boolean;
  @IsOptional() @IsObject() config_schema?: Record<string, ConfigField>;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => MenuItem) menu_items?: MenuItem[];
  @IsOptional() @IsObject() medusa_provider?: Record<string, unknown>;
  /** Marketplace ids and the SemVer ranges this release needs. */
  @IsOptional() @IsObject() dependencies?: Record<string, string>;
  /** Marketplace ids and the SemVer ranges this release cannot run beside. */
  @IsOptional() @IsObject() conflicts?: Record<string, string>;
  @IsOptional() @ValidateNested() @Type(() => ManifestPermissions) permissions?: ManifestPermissions;
  @IsOptional() @ValidateNested() @Type(() => ManifestHooks) hooks?: ManifestHooks;
  /** Whether this release closes a hole: then a shop may install it without waiting. */
  @IsOptional() @IsBoolean() security?: boolean;
  /** Markdown. */
  @IsOptional() @IsString() @MaxLength(20_000) changelog?: string;
  /** SPDX expression. */
  @IsOptional() @IsString() @MaxLength(100) license?: string;
  @IsOptional() @IsEmail() security_contact?: string;
}

/** What is wrong with one field of a manifest. */
export interface ManifestFinding {
  readonly path: string;
  readonly message: string;
}

export type ManifestVerdict =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly findings: readonly ManifestFinding[] };

/** Reads the parsed JSON of a `manifest.json` and reports every invalid field at once. */
export function readManifest(value: unknown): ManifestVerdict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, findings: [{ path: '', message: 'manifest.json must be an object' }] };
  }
  const manifest = plainToInstance(Manifest, value);
  const findings = [...flatten(validateSync(manifest)), ...refusePairs(manifest, configFindings)];
  return findings.length === 0 ? { ok: true, manifest } : { ok: false, findings };
}

function configFindings(key: string, field: unknown): ManifestFinding[] {
  const path = `config_schema.${key}`;
  if (typeof field !== 'object' || field === null) return [{ path, message: 'must be an object' }];
  return flatten(validateSync(plainToInstance(ConfigField, field)), path);
}

/** Turns class-validator's tree into one line a field. */
export function flatten(errors: readonly ValidationError[], parent = ''): ManifestFinding[] {
  return errors.flatMap((error) => {
    const path = parent ? `${parent}.${error.property}` : error.property;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ path, message }));
    return [...own, ...flatten(error.children ?? [], path)];
  });
}

/** Whether a shop of `platformVersion` can run a release: never older than its minimum, nor newer than its maximum. */
export function runsOn(
  platformVersion: string,
  range: { readonly min: string; readonly max?: string | null },
): boolean {
  return semver.gte(platformVersion, range.min) && (!range.max || semver.lte(platformVersion, range.max));
}
