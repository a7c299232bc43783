import {
  CheckoutSessionResponse,
  FeedQuery,
  FeedResponse,
  MARKETPLACE_ID,
  ProductResponse,
  refuseVersionMap,
  UpdatesResponse,
} from '@hansa/contracts';
import { RequestError } from '@hansa/platform';
import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Requires } from '#access';
import { CheckoutRequest } from './checkout-request.js';
import { FeedService, type MaybeStale } from './feed.service.js';
import { HubError } from '#hub';

/** Query of `GET /admin/marketplace/updates`. */
export class UpdatesQuery {
  /** JSON: marketplace ids and the versions to compare with. */
  @IsString() @MaxLength(150_000) versions!: string;
}

type Local = { readonly code: 'FEDERATION_NOT_CONFIGURED' };

@ApiTags('Marketplace')
@Controller('admin/marketplace')
export class FeedController {
  constructor(private readonly feedService: FeedService) {}

  /** The hub's catalog. Without a hub it is empty and says so in `code`; with the hub away it is the last one, `stale_since`. */
  @Get('feed')
  @Requires('admin')
  @ApiOkResponse({ type: FeedResponse })
  async feed(@Query() query: FeedQuery): Promise<MaybeStale<FeedResponse> | (FeedResponse & Local)> {
    const empty = { products: [], count: 0, limit: query.limit ?? query.per_page ?? 20, offset: query.offset ?? 0 };
    return orLocal(this.feedService.feed(query), empty);
  }

  /** One product. The id stands in the path raw, `@vendor/name`. */
  @Get('feed/:vendor/:name')
  @Requires('admin')
  @ApiOkResponse({ type: ProductResponse })
  async product(@Param('vendor') vendor: string, @Param('name') name: string): Promise<MaybeStale<ProductResponse>> {
    return this.feedService.product(readMarketplaceId(`${vendor}/${name}`));
  }

  /** One product, its id percent-encoded: `%40vendor%2Fname`. */
  @Get('feed/:id')
  @Requires('admin')
  @ApiOkResponse({ type: ProductResponse })
  async productByEncodedId(@Param('id') id: string): Promise<MaybeStale<ProductResponse>> {
    return this.feedService.product(readMarketplaceId(id));
  }

  /** What is newer than the given versions. */
  @Get('updates')
  @Requires('admin')
  @ApiOkResponse({ type: UpdatesResponse })
  async updates(@Query() { versions }: UpdatesQuery): Promise<MaybeStale<UpdatesResponse> | (UpdatesResponse & Local)> {
    return orLocal(this.feedService.updates(readVersions(versions)), { updates: [] });
  }

  /** The address of Stripe's page for one package. */
  @Post('checkout')
  @Requires('admin')
  @ApiCreatedResponse({ type: CheckoutSessionResponse })
  async checkout(
    @Body() request: CheckoutRequest,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<CheckoutSessionResponse> {
    return this.feedService.checkout(request, key && /^[\w-]{1,200}$/.test(key) ? key : undefined);
  }
}

/** A shop without a hub has a marketplace tab all the same: an empty one that says why (federation.md §4). */
async function orLocal<T extends object>(answer: Promise<T>, empty: T): Promise<T | (T & Local)> {
  return answer.catch((error: unknown) => {
    if (error instanceof HubError && error.code === 'FEDERATION_NOT_CONFIGURED') return { ...empty, code: error.code };
    throw error;
  });
}

function readMarketplaceId(id: string): string {
  if (id.length > 110 || !MARKETPLACE_ID.test(id)) {
    throw new RequestError('VALIDATION_FAILED', [{ path: 'id', message: 'must be a marketplace id, @vendor/name' }]);
  }
  return id;
}

function readVersions(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const flaw = refuseVersionMap(value);
  if (flaw) throw new RequestError('VALIDATION_FAILED', [{ path: 'versions', message: flaw }]);
  return value as Record<string, string>;
}
