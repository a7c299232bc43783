import { Public, rateHeaders, RequestError, setHeaders } from '@hansa/platform';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Market, Requires, type MarketCaller } from '#auth';
import { sendFinished } from '#catalog';
import { MarketClients } from './clients.service.js';
import { MarketOrders } from './market-orders.service.js';
import { MarketCall } from './market-refusal.js';
import {
  ClientQuery,
  MarketOrderRequest,
  MarketOrderResponse,
  MarketProductsResponse,
  UrlAfterCheckoutRequest,
  ValidateItemRequest,
  type MarketItem,
} from './market.dto.js';
import { MarketRates } from './product-lane.js';
import { MarketProducts } from './products.service.js';

/** What a cPanel server shows and orders (docs/protocol/market.md §5 and §6). */
@ApiTags('Market')
@Controller('api/market/v1')
export class MarketShopController {
  constructor(
    private readonly products: MarketProducts,
    private readonly clients: MarketClients,
    private readonly orders: MarketOrders,
    private readonly rates: MarketRates,
  ) {}

  /** Everything on sale. */
  @Get('products')
  @MarketCall()
  @Public()
  @ApiOkResponse({ type: MarketProductsResponse })
  async list(
    @Query() { client_id: clientId }: ClientQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const rate = this.rates.take(request.ip);
    if (!rate.allowed) {
      setHeaders(reply, rateHeaders(rate));
      throw new RequestError('RATE_LIMITED');
    }
    sendFinished(await this.products.answer(request.raw.url!, clientId), request, reply);
  }

  /** Whether an item could be ordered at this moment. */
  @Post('items/validate')
  @HttpCode(204)
  @MarketCall()
  @Public()
  @ApiNoContentResponse()
  async validate(
    @Query() { client_id: clientId }: ClientQuery,
    @Body() { item }: ValidateItemRequest,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    if (!this.rates.take(request.ip).allowed) throw new RequestError('RATE_LIMITED');
    await this.clients.require(clientId);
    await this.orders.check(wanted(item));
  }

  /** Places an order: all items or none, answered in the order of the request. */
  @Post('orders')
  @MarketCall()
  @Requires('market', 'cart:write')
  @ApiBearerAuth()
  @ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', maxLength: 255 } })
  @ApiCreatedResponse({ type: MarketOrderResponse })
  async order(
    @Market() caller: MarketCaller,
    @Body() { items, url_after_checkout }: MarketOrderRequest,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<MarketOrderResponse> {
    const request = { items: items.map(wanted), urlAfterCheckout: url_after_checkout };
    const { orderId, itemIds } = await this.orders.place(caller, request, idempotencyKey);
    return { order_id: orderId, order_items: itemIds.map((id) => ({ order_item_id: id })) };
  }

  /** Where the browser goes after checkout; before payment only. */
  @Put('orders/:id/url-after-checkout')
  @HttpCode(204)
  @MarketCall()
  @Requires('market', 'cart:write')
  @ApiBearerAuth()
  @ApiNoContentResponse()
  async setUrl(
    @Market() caller: MarketCaller,
    @Param('id') id: string,
    @Body() { url }: UrlAfterCheckoutRequest,
  ): Promise<void> {
    await this.orders.setUrlAfterCheckout(caller, id, url);
  }
}

function wanted({ product_id: productId, csr, remote_price: remotePrice }: MarketItem) {
  return { productId, csr, remotePrice };
}
