import { Clock } from '@hansa/platform';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { OperatorActor, Requires } from '#auth';
import {
  MANAGEMENT_SCOPES,
  ManagementTokens,
  type IssueManagementToken,
  type ManagementScope,
  type ManagementToken,
} from '#tokens';
import { ComposerError } from './composer.errors.js';

export class IssueManagementTokenRequest {
  @IsString() @Length(1, 80) name!: string;
  @IsArray() @ArrayNotEmpty() @IsIn(MANAGEMENT_SCOPES, { each: true }) scopes!: ManagementScope[];
  /** Whose packages it may hand out; absent makes an operator's token, which may hand out any. */
  @IsOptional() @IsString() @Length(1, 64) publisher_id?: string;
  /** Unix seconds. */
  @IsOptional() @IsInt() @Min(0) @Max(253_402_300_799) expires_at?: number;
}

@ApiTags('Console')
@Controller('console/management-tokens')
export class ManagementTokensController {
  constructor(
    private readonly tokens: ManagementTokens,
    private readonly clock: Clock,
  ) {}

  /** Every management token; the secrets are shown once, when issued. */
  @Get()
  @Requires('operator')
  async list() {
    const items = (await this.tokens.list()).map(managementTokenView);
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Issues a token. The answer is the only place it is ever shown. */
  @Post()
  @Requires('operator')
  async issue(
    @Body() request: IssueManagementTokenRequest,
    @OperatorActor() actor: string,
  ): Promise<{ id: string; token: string }> {
    return this.tokens.issue(newTokenOf(request, this.clock.now()), actor);
  }

  /** Ends a token at once. */
  @Delete(':id')
  @HttpCode(204)
  @Requires('operator')
  async revoke(@Param('id') id: string, @OperatorActor() actor: string): Promise<void> {
    await this.tokens.revoke(id, actor);
  }
}

/** What is asked for, in the words of the service. @throws {ComposerError} EXPIRY_IN_PAST */
export function newTokenOf(request: IssueManagementTokenRequest, now: Date): IssueManagementToken {
  const { name, scopes, publisher_id: publisherId, expires_at: seconds } = request;
  const expiresAt = seconds == null ? null : new Date(seconds * 1_000);
  if (expiresAt && expiresAt <= now) throw new ComposerError('EXPIRY_IN_PAST');
  return { name, scopes, publisherId: publisherId ?? null, expiresAt };
}

/** A management token as operators see it, without its secret. */
export function managementTokenView(token: ManagementToken) {
  return {
    id: token.id,
    name: token.name,
    publisher_id: token.publisherId,
    scopes: token.scopes,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}
