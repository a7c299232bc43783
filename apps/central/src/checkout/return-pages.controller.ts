import { Public } from '@hansa/platform';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { CheckoutService } from './checkout.service.js';
import { RETURN_PAGE_HEADERS, renderReturnPage } from './return-page.js';

export class ReturnQuery {
  @IsOptional() @Matches(/^ord_[0-9A-HJKMNP-TV-Z]{26}$/) order?: string;
}

/** Where Stripe's page sends the browser. They only speak: an order is paid when Stripe's signed event says so (rule 4.5). */
@ApiTags('Checkout')
@Controller('checkout')
export class ReturnPagesController {
  constructor(private readonly checkout: CheckoutService) {}

  /** After payment. */
  @Get('return')
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people.' })
  async returned(@Query() { order }: ReturnQuery, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, order, 'Thank you', (item) =>
      item === undefined
        ? 'Your purchase is being completed. You can go back to your shop.'
        : `As soon as your payment of ${item} is confirmed, your shop receives the license and installs it.`,
    );
  }

  /** After a purchase that was given up. */
  @Get('cancelled')
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people.' })
  async cancelled(@Query() { order }: ReturnQuery, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, order, 'Nothing was bought', (item) =>
      item === undefined
        ? 'You can go back to your shop.'
        : `${item} was not paid for. You can buy it later from your shop.`,
    );
  }

  private async show(
    reply: FastifyReply,
    orderId: string | undefined,
    title: string,
    text: (item: string | undefined) => string,
  ): Promise<void> {
    const found = orderId === undefined ? undefined : await this.checkout.findReturn(orderId);
    const page = { title, text: text(found?.order.itemName), baseUrl: found?.baseUrl };
    void reply.headers(RETURN_PAGE_HEADERS).send(renderReturnPage(page));
  }
}
