import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { INSTANCE_REFERENCE } from './checkout.js';
import { DELIVERY_ID, SEMVER } from './ids.js';
import { ENVIRONMENTS, type InstanceEnvironment } from './vocabulary.js';

/** Body of `POST /store/marketplace/instances`. */
export class RegisterInstanceRequest {
  @IsString() @Length(1, 2_048) @Matches(INSTANCE_REFERENCE) instance_id!: string;
  /** Where the shop answers; the hub proves it before it pushes anything there. */
  @MaxLength(2_000)
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true })
  base_url!: string;
  /** Ed25519 public JWK; its holder is the instance. */
  @IsObject() public_key!: Record<string, unknown>;
  @MaxLength(128) @Matches(SEMVER) platform_version!: string;
  @IsIn(ENVIRONMENTS) environment!: InstanceEnvironment;
}

/** How events reach an instance: pushed to its `base_url`, or pulled from its inbox. */
export const DELIVERY_MODES = ['push', 'pull'] as const;
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

export class RegisterInstanceResponse {
  @IsString() instance_id!: string;
  @IsIn(DELIVERY_MODES) mode!: DeliveryMode;
  /** Shown when the instance is new or asked for a new one, never again. */
  @IsOptional() @IsString() webhook_secret?: string;
  /** The hub's public keys, as `/.well-known/jwks.json` serves them. */
  @IsObject() keys!: Record<string, unknown>;
}

/** `/.well-known/marketplace-instance.json` of a shop: proof that its owner holds the instance key. */
export class InstanceProof {
  /** RFC 7638 thumbprint of the instance's public key. */
  @Matches(/^[A-Za-z0-9_-]{43}$/) key_thumbprint!: string;
}

export class InboxQuery {
  /** Events after this sequence number. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) after?: number;
  /** Seconds to wait for one when there is none. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) wait?: number;
}

/** One event as the webhook would carry it: the receiver feeds headers and body to the same verifier. */
export class InboxItem {
  @IsInt() @Min(1) sequence!: number;
  @Matches(DELIVERY_ID) delivery_id!: string;
  @IsString() event!: string;
  /** The signed bytes, exactly. */
  @IsString() body!: string;
  @IsObject() headers!: Record<string, string>;
}

export class InboxResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => InboxItem) items!: InboxItem[];
}

export class InboxAckRequest {
  @IsArray() @Matches(DELIVERY_ID, { each: true }) delivery_ids!: string[];
}

/** Answer of `POST /store/marketplace/portal-links`, for the instance whose token asked. */
export class PortalLink {
  /** Opens the merchant portal once, in any browser; whoever has it comes in. */
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false }) url!: string;
  @IsString() expires_at!: string;
}
