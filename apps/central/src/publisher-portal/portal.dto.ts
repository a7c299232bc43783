import { NAMESPACE, PublisherKeyView } from '@hansa/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MEMBER_ROLES, type MemberRole } from '#accounts';
import { PUBLISH_ONLY_SCOPES, PUBLISHER_SCOPES, type PublisherScope } from '#tokens';

/** Long enough to resist guessing (NIST SP 800-63B), short enough for argon2id to be no lever for overload. */
const PASSWORD = [12, 200] as const;

export class RegisterAccountRequest {
  @IsEmail() @MaxLength(254) email!: string;
  @IsString() @Length(...PASSWORD) password!: string;
}

export class EmailRequest {
  @IsEmail() @MaxLength(254) email!: string;
}

export class UseResetRequest {
  /** From the link in the letter. */
  @IsString() @Length(10, 100) token!: string;
  @IsString() @Length(...PASSWORD) password!: string;
}

export class ProofRequest {
  /** From the letter. */
  @IsString() @Length(10, 100) code!: string;
}

export class AccountSignInRequest {
  @IsEmail() @MaxLength(254) email!: string;
  @IsString() @Length(1, 200) password!: string;
  /** Six digits of the authenticator app, when the account has a second factor. */
  @IsOptional() @IsString() @MaxLength(10) code?: string;
}

export class PasswordRequest {
  @IsString() @Length(1, 200) password!: string;
}

export class CodeRequest {
  @IsString() @MaxLength(10) code!: string;
}

export class RemoveSecondFactorRequest extends PasswordRequest {
  @IsString() @MaxLength(10) code!: string;
}

export class ChangePasswordRequest extends PasswordRequest {
  @IsString() @Length(...PASSWORD) next!: string;
}

export class SecondFactorView {
  /** Base 32, for apps that take no URI. Shown once. */
  @IsString() secret!: string;
  @IsString() uri!: string;
}

export class MembershipView {
  @IsString() publisher_id!: string;
  @IsString() name!: string;
  @IsIn(MEMBER_ROLES) role!: MemberRole;
}

export class AccountView {
  @IsString() id!: string;
  @IsEmail() email!: string;
  @IsBoolean() second_factor!: boolean;
  /** Whether the console is open to it. */
  @IsBoolean() operator!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => MembershipView) publishers!: MembershipView[];
}

export class RegisterPublisherRequest {
  @IsString() @Length(2, 80) name!: string;
  /** The version of the publisher agreement that is accepted. */
  @IsString() @Length(1, 40) agreement_version!: string;
}

export class ClaimNamespaceRequest {
  @Matches(NAMESPACE) namespace!: string;
}

export class RotateKeyRequest {
  @IsString() @Length(1, 80) name!: string;
  /** Ed25519 public key as JSON text of a JWK. */
  @IsString() @MaxLength(2_000) public_key!: string;
  /** How long the old key goes on signing; 0 ends it now. */
  @IsInt() @Min(0) @Max(90) overlap_days!: number;
}

export class ReasonRequest {
  @IsString() @Length(1, 500) reason!: string;
}

export class KeyList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PublisherKeyView) items!: PublisherKeyView[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

export class IssueTokenRequest {
  @IsString() @Length(1, 80) name!: string;
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(3) @IsIn(PUBLISH_ONLY_SCOPES, { each: true }) scopes!: PublisherScope[];
  @IsInt() @Min(1) @Max(365) days!: number;
}

export class TokenView {
  @IsString() id!: string;
  @IsString() name!: string;
  /** Its first characters. */
  @IsOptional() @IsString() hint!: string | null;
  @IsArray() @IsIn(PUBLISHER_SCOPES, { each: true }) scopes!: PublisherScope[];
  @IsString() created_at!: string;
  @IsOptional() @IsString() expires_at!: string | null;
  @IsOptional() @IsString() revoked_at!: string | null;
}

export class InviteRequest {
  @IsEmail() @MaxLength(254) email!: string;
  @IsIn(MEMBER_ROLES) role!: MemberRole;
}

export class AcceptInvitationRequest {
  @Matches(/^hinv_[A-Za-z0-9_-]{43}$/) token!: string;
}

export class RoleRequest {
  @IsIn(MEMBER_ROLES) role!: MemberRole;
}

export class MemberRow {
  @IsString() account_id!: string;
  @IsEmail() email!: string;
  @IsIn(MEMBER_ROLES) role!: MemberRole;
  @IsString() joined_at!: string;
}
