import {
  CHANNELS,
  FeedQuery,
  FeedResponse,
  IsVersionMap,
  MARKETPLACE_ID,
  ProductResponse,
  SEMVER,
  UpdatesRequest,
  UpdatesResponse,
  type Channel,
} from '@hansa/contracts';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, Matches, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '#auth';
import { CatalogIndex } from './catalog-index.js';
import { CatalogError } from './catalog.errors.js';
import { CatalogService } from './catalog.service.js';
import { sendFinished } from './hot-path.js';

/** Query of `GET /store/marketplace/updates`: the same as the body of the POST form, `versions` as JSON text. */
export class UpdatesQuery {
  @Transform(({ value }: { value: unknown }) => readJson(value))
  @IsVersionMap()
  versions!: Record<string, string>;
  @IsOptional() @MaxLength(128) @Matches(SEMVER) platform_version?: string;
  @IsOptional() @IsIn(CHANNELS) channel?: Channel;
}

/** What shops read (federation.md §2). Answers that are finished never get here: see `hot-path.ts`. */
@ApiTags('Store')
@Controller('store/marketplace')
export class CatalogController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly index: CatalogIndex,
  ) {}

  /** One page of the published packages. */
  @Get('feed')
  @Requires('shop')
  @ApiOkResponse({ type: FeedResponse })
  async feed(@Query() query: FeedQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendFinished(await this.catalog.feed(request.raw.url!, query), request, reply);
  }

  /** One package with all its versions; the id stands in the path raw, as two segments. */
  @Get('feed/:vendor/:name')
  @Requires('shop')
  @ApiOkResponse({ type: ProductResponse })
  async product(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendProduct(`${vendor}/${name}`, request, reply);
  }

  /** The same with the id percent-encoded, as one segment. */
  @Get('feed/:marketplaceId')
  @Requires('shop')
  @ApiOkResponse({ type: ProductResponse })
  async productByEncodedId(
    @Param('marketplaceId') marketplaceId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendProduct(marketplaceId, request, reply);
  }

  /** What is newer than the installed versions. `versions` is JSON, raw or percent-encoded. */
  @Get('updates')
  @Requires('shop')
  @Header('cache-control', 'private, no-cache')
  @ApiOkResponse({ type: UpdatesResponse })
  updates(@Query() query: UpdatesQuery): UpdatesResponse {
    return this.index.updates(query);
  }

  /** The same for lists too long for a URL: up to 1,000 packages. */
  @Post('updates')
  @HttpCode(200)
  @Requires('shop')
  @Header('cache-control', 'private, no-cache')
  @ApiOkResponse({ type: UpdatesResponse })
  updatesOfMany(@Body() request: UpdatesRequest): UpdatesResponse {
    return this.index.updates(request);
  }

  private async sendProduct(marketplaceId: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!MARKETPLACE_ID.test(marketplaceId)) throw new CatalogError('PACKAGE_NOT_FOUND');
    sendFinished(await this.catalog.product(request.raw.url!, marketplaceId), request, reply);
  }
}

/** Text that is no JSON stays text, which is no version map. */
function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
