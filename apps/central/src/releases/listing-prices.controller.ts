import { ListingPriceRequest, ListingPricesResponse, ListingPriceView } from '@hansa/contracts';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PublisherId, Requires } from '#auth';
import { ListingPrices } from './listing-prices.service.js';
import { refusePrice } from './listing-rules.js';
import { priceView } from './release-view.js';
import { ReleaseError } from './releases.errors.js';

/** What a publisher's packages cost, and when (money.md §1). */
@ApiTags('Publisher')
@Controller('publisher/packages/:vendor/:name/prices')
export class ListingPricesController {
  constructor(private readonly prices: ListingPrices) {}

  /** Every price the package had, has and will have, the last to begin first. */
  @Get()
  @Requires('publisher', 'listings:write')
  @ApiOkResponse({ type: ListingPricesResponse })
  async list(
    @PublisherId() publisherId: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
  ): Promise<ListingPricesResponse> {
    const prices = await this.prices.list(publisherId, `${vendor}/${name}`);
    return { items: prices.map(priceView), count: prices.length };
  }

  /** Adds a price from now or a later time on. Orders keep the price they were placed at. */
  @Post()
  @Requires('publisher', 'listings:write')
  @ApiCreatedResponse({ type: ListingPriceView })
  async add(
    @PublisherId() publisherId: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Body() request: ListingPriceRequest,
  ): Promise<ListingPriceView> {
    const refusal = refusePrice(request);
    if (refusal) throw new ReleaseError(refusal);
    const { license_kind: licenseKind, billing_interval, trial_days, valid_from } = request;
    const amountMinor = Math.round(request.price_eur * 100);
    const terms = {
      licenseKind,
      amountMinor,
      billingInterval: billing_interval ?? null,
      trialDays: trial_days ?? null,
    };
    const from = valid_from === undefined ? null : new Date(valid_from);
    return priceView(await this.prices.add(publisherId, `${vendor}/${name}`, terms, from));
  }
}
