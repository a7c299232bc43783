import { Public } from '@hansa/platform';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { CheckoutService } from './checkout.service.js';
import { RETURN_PAGE_HEADERS, renderReturnPage, type ReturnPage } from './return-page.js';

export class ReturnQuery {
  @IsOptional() @Matches(/^ord_[0-9A-HJKMNP-TV-Z]{26}$/) order?: string;
}

/** What a page says, by what was ordered: a license, or more of one. */
interface ReturnWords {
  readonly title: string;
  readonly unknown: string;
  readonly purchase: (item: string) => string;
  readonly extension: (item: string) => string;
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
    await this.show(reply, order, 'success', {
      title: 'Thank you',
      unknown: 'Your purchase is being completed. You can go back to your shop.',
      purchase: (item) =>
        `As soon as your payment of ${item} is confirmed, your shop receives the license and installs it.`,
      extension: (item) => `As soon as your payment is confirmed, your license for ${item} is extended.`,
    });
  }

  /** After a purchase that was given up. */
  @Get('cancelled')
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people.' })
  async cancelled(@Query() { order }: ReturnQuery, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, order, 'cancelled', {
      title: 'Nothing was bought',
      unknown: 'You can go back to your shop.',
      purchase: (item) => `${item} was not paid for. You can buy it later from your shop.`,
      extension: (item) => `Nothing was paid. Your license for ${item} stays as it is.`,
    });
  }

  private async show(
    reply: FastifyReply,
    orderId: string | undefined,
    outcome: NonNullable<ReturnPage['outcome']>,
    words: ReturnWords,
  ): Promise<void> {
    const found = orderId === undefined ? undefined : await this.checkout.findReturn(orderId);
    const toPortal = found !== undefined && found.order.purpose !== 'purchase';
    const say = toPortal ? words.extension : words.purchase;
    const text = found === undefined ? words.unknown : say(found.order.itemName);
    const page = { title: words.title, text, baseUrl: found?.baseUrl, outcome, toPortal };
    void reply.headers(RETURN_PAGE_HEADERS).send(renderReturnPage(page));
  }
}
