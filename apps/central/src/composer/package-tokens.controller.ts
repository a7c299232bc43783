import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Management, Requires, type Caller } from '#auth';
import {
  ChangePackageTokenRequest,
  CreatePackageTokenRequest,
  PackageTokenDetail,
  PackageTokenRecord,
  PackageTokensQuery,
  PackageTokenView,
  type CustomerView,
} from './package-tokens.dto.js';
import type { PackageTokenRow } from './package-tokens.repository.js';
import { PackageTokensService, type Issuer } from './package-tokens.service.js';

type ManagementCaller = Extract<Caller, { kind: 'management' }>;

export class CustomersQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(500) limit = 100;
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(10_000_000) offset = 0;
}

/** What a seller's shop calls (docs/protocol/composer.md §2). */
@ApiTags('Package tokens')
@ApiBearerAuth()
@Controller('api')
export class PackageTokensController {
  constructor(private readonly tokens: PackageTokensService) {}

  /** Makes a token; its secret is in this answer and never again. */
  @Post('tokens')
  @Requires('management', 'tokens:write')
  @ApiCreatedResponse({ type: PackageTokenRecord })
  async create(
    @Body() request: CreatePackageTokenRequest,
    @Management() caller: ManagementCaller,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PackageTokenRecord> {
    const { status, id, secret } = await this.tokens.create(issuerOf(caller), request, idempotencyKey);
    void reply.status(status);
    const { row } = await this.tokens.find(issuerOf(caller), id);
    return recordOf(row, secret);
  }

  /** The tokens of a customer, or all of them, newest first; revoked ones are left out. */
  @Get('tokens')
  @Requires('management', 'tokens:read')
  @ApiOkResponse({ type: [PackageTokenView] })
  async list(@Query() query: PackageTokensQuery, @Management() caller: ManagementCaller): Promise<PackageTokenView[]> {
    return (await this.tokens.list(issuerOf(caller), query.customer_id ?? null)).map(viewOf);
  }

  /** Everything about one token but its secret. */
  @Get('tokens/:id')
  @Requires('management', 'tokens:read')
  @ApiOkResponse({ type: PackageTokenDetail })
  async show(@Param('id') id: string, @Management() caller: ManagementCaller): Promise<PackageTokenDetail> {
    const { row, entitlements } = await this.tokens.find(issuerOf(caller), id);
    return {
      ...viewOf(row),
      rate_limit_max: row.rate_limit_max,
      requests: Number(row.requests ?? 0),
      downloads: Number(row.downloads ?? 0),
      revoked_at: unixSeconds(row.revoked_at),
      entitlements: entitlements.map(({ prefix, exact, orderId, licenseId, expiresAt, updatesUntil }) => ({
        prefix,
        exact,
        order_id: orderId,
        license_id: licenseId,
        expires_at: unixSeconds(expiresAt),
        updates_until: unixSeconds(updatesUntil),
      })),
    };
  }

  /** Renews `expires_at`, changes limit, description or prefixes. */
  @Patch('tokens/:id')
  @Requires('management', 'tokens:write')
  @ApiOkResponse({ type: PackageTokenRecord })
  async change(
    @Param('id') id: string,
    @Body() request: ChangePackageTokenRequest,
    @Management() caller: ManagementCaller,
  ): Promise<PackageTokenRecord> {
    await this.tokens.change(issuerOf(caller), id, request);
    const { row } = await this.tokens.find(issuerOf(caller), id);
    return recordOf(row);
  }

  /** Ends a token at once. */
  @Delete('tokens/:id')
  @Requires('management', 'tokens:write')
  async revoke(@Param('id') id: string, @Management() caller: ManagementCaller): Promise<{ message: string }> {
    await this.tokens.revoke(issuerOf(caller), id);
    return { message: 'Token revoked' };
  }

  /** Takes away what an order brought; a token with nothing else is revoked. */
  @Delete('orders/:orderId')
  @Requires('management', 'tokens:write')
  async withdraw(
    @Param('orderId') orderId: string,
    @Management() caller: ManagementCaller,
  ): Promise<{ message: string }> {
    await this.tokens.withdrawOrder(issuerOf(caller), orderId);
    return { message: 'Order withdrawn' };
  }

  /** The customers tokens were made for. */
  @Get('customers')
  @Requires('management', 'customers:read')
  async customers(@Query() query: CustomersQuery, @Management() caller: ManagementCaller) {
    const { items, count } = await this.tokens.customers(issuerOf(caller), query);
    const views: CustomerView[] = items.map((row) => ({
      customer_id: row.customer_id,
      customer_email: row.customer_email,
      tokens: row.tokens,
      created_at: unixSeconds(row.created_at),
      last_used_at: unixSeconds(row.last_used_at),
    }));
    return { items: views, count, limit: query.limit, offset: query.offset };
  }
}

function issuerOf({ tokenId, publisherId }: ManagementCaller): Issuer {
  return { publisherId, actor: `management:${tokenId}` };
}

function recordOf(row: PackageTokenRow, secret?: string) {
  return {
    id: row.id,
    ...(secret === undefined ? {} : { token: secret }),
    description: row.description,
    permissions: 'readonly' as const,
    expires_at: unixSeconds(row.expires_at),
    created_at: unixSeconds(row.created_at),
  };
}

function viewOf(row: PackageTokenRow) {
  return { ...recordOf(row), last_used_at: unixSeconds(row.last_used_at) };
}

function unixSeconds(at: Date): number;
function unixSeconds(at: Date | null): number | null;
function unixSeconds(at: Date | null): number | null {
  return at && Math.floor(at.getTime() / 1_000);
}
