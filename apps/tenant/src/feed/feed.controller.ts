import {
  CheckoutSessionResponse,
  FeedProduct,
  FeedQuery,
  FeedResponse,
  MARKETPLACE_ID,
  Product,
  refuseVersionMap,
  UpdatesResponse,
  type LicenseState,
} from '@hansa/contracts';
import { RequestError } from '@hansa/platform';
import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Requires } from '#access';
import { CheckoutRequest } from './checkout-request.js';
import { FeedService, type Holding, type MaybeStale } from './feed.service.js';
import { HubError } from '#hub';

const STATES = ['active', 'grace', 'stopped'] as const satisfies readonly LicenseState[];

/** Query of `GET /admin/marketplace/updates`. */
export class UpdatesQuery {
  /** JSON: marketplace ids and the versions to compare with. */
  @IsString() @MaxLength(150_000) versions!: string;
}

/** What this shop holds of a product. */
export class HeldProduct implements Holding {
  @IsOptional() @IsString() license_id!: string | null;
  /** What the license lets its plugin do. */
  @IsIn(STATES) state!: LicenseState;
  /** The last moment whose releases it covers; null for all. */
  @IsOptional() @IsString() updates_until!: string | null;
}
export class ShopFeedProduct extends FeedProduct {
  /** Null when this shop has no license for it. */
  @IsOptional() @ValidateNested() @Type(() => HeldProduct) owned!: HeldProduct | null;
}
export class ShopFeedResponse extends OmitType(FeedResponse, ['products']) {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ShopFeedProduct) products!: ShopFeedProduct[];
}
export class ShopProduct extends Product {
  @IsOptional() @ValidateNested() @Type(() => HeldProduct) owned!: HeldProduct | null;
}
export class ShopProductResponse {
  @ValidateNested() @Type(() => ShopProduct) product!: ShopProduct;
}

type Local = { readonly code: 'FEDERATION_NOT_CONFIGURED' };

@ApiTags('Marketplace')
@Controller('admin/marketplace')
export class FeedController {
  constructor(private readonly feedService: FeedService) {}

  /** The hub's catalog. Without a hub it is empty and says so in `code`; with the hub away it is the last one, `stale_since`. */
  @Get('feed')
  @Requires('admin')
  @ApiOkResponse({ type: ShopFeedResponse })
  async feed(@Query() query: FeedQuery): Promise<MaybeStale<ShopFeedResponse> | (ShopFeedResponse & Local)> {
    const empty = { products: [], count: 0, limit: query.limit ?? query.per_page ?? 20, offset: query.offset ?? 0 };
    return orLocal(this.withHoldings(query), empty);
  }

  /** One product. The id stands in the path raw, `@vendor/name`. */
  @Get('feed/:vendor/:name')
  @Requires('admin')
  @ApiOkResponse({ type: ShopProductResponse })
  async product(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
  ): Promise<MaybeStale<ShopProductResponse>> {
    return this.productWithHolding(`${vendor}/${name}`);
  }

  /** One product, its id percent-encoded: `%40vendor%2Fname`. */
  @Get('feed/:id')
  @Requires('admin')
  @ApiOkResponse({ type: ShopProductResponse })
  async productByEncodedId(@Param('id') id: string): Promise<MaybeStale<ShopProductResponse>> {
    return this.productWithHolding(id);
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

  private async withHoldings(query: FeedQuery): Promise<MaybeStale<ShopFeedResponse>> {
    const { products, ...rest } = await this.feedService.feed(query);
    const held = await this.feedService.holdings(products.map(({ marketplace_id: id }) => id));
    return {
      ...rest,
      products: products.map((each) => Object.assign(each, { owned: held.get(each.marketplace_id) ?? null })),
    };
  }

  private async productWithHolding(id: string): Promise<MaybeStale<ShopProductResponse>> {
    const marketplaceId = readMarketplaceId(id);
    const { product, ...rest } = await this.feedService.product(marketplaceId);
    const held = await this.feedService.holdings([marketplaceId]);
    return { ...rest, product: Object.assign(product, { owned: held.get(marketplaceId) ?? null }) };
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
