import { IsArray, IsIn, IsInt, IsOptional, IsString, Length, Matches, MaxLength, Min } from 'class-validator';
import { MARKETPLACE_ID, SEMVER, SHA256_HEX } from './ids.js';

/** States of a release from its first upload on (federation.md §8). */
export const RELEASE_STATUSES = [
  'submitted',
  'in_review',
  'changes_requested',
  'approved',
  'rejected',
  'published',
  'yanked',
] as const;
export type ReleaseStatus = (typeof RELEASE_STATUSES)[number];

/** Header of `PUT /publisher/releases` that carries the detached signature; the body is the zip. */
export const RELEASE_SIGNATURE_HEADER = 'x-release-signature';

/** A release as its publisher and the operators see it. */
export class ReleaseView {
  @IsString() id!: string;
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @Matches(SEMVER) version!: string;
  @IsIn(RELEASE_STATUSES) status!: ReleaseStatus;
  @Matches(SHA256_HEX) sha256!: string;
  @IsInt() @Min(1) size_bytes!: number;
  @IsString() submitted_at!: string;
  @IsOptional() @IsString() published_at!: string | null;
  @IsArray() findings!: ReleaseFinding[];
}

export class ReleaseFinding {
  @IsString() check!: string;
  @IsIn(['error', 'warning', 'info']) severity!: 'error' | 'warning' | 'info';
  @IsString() message!: string;
  @IsOptional() @IsString() file?: string;
}

/** Body of `POST /publisher/keys`. */
export class AddPublisherKeyRequest {
  @IsString() @Length(1, 80) name!: string;
  /** Ed25519 public key as JSON text of a JWK. */
  @IsString() @MaxLength(2_000) public_key!: string;
}

export class PublisherKeyView {
  /** RFC 7638 thumbprint. */
  @IsString() kid!: string;
  @IsString() name!: string;
  @IsString() added_at!: string;
}
