import { markup, notePage, page, pageHeaders, Public } from '@hansa/platform';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckoutError } from '#checkout';
import { CentralConfig } from '#config';
import { MarketCheckout, type Checkout } from './market-checkout.service.js';
import { priceText } from './prices.js';
import { Visitors } from './visitors.js';

export class CheckoutQuery {
  /** The total that was agreed to, in minor units. */
  @IsOptional() @Matches(/^[1-9]\d{0,8}$/) total?: string;
}

export class CheckoutReturnQuery {
  @IsIn(['success', 'cancelled']) outcome!: 'success' | 'cancelled';
}

export class SupportQuery {
  @IsOptional() @IsString() @MaxLength(64) order_id?: string;
  @IsOptional() @IsString() @MaxLength(64) order_item_id?: string;
}

type Shown = Checkout | { readonly kind: 'unavailable' };

/** Payment of what was put into a cart in cPanel (docs/protocol/market.md §7). For browsers, not described in the API. */
@ApiExcludeController()
@Controller('market')
export class MarketCheckoutController {
  constructor(
    private readonly config: CentralConfig,
    private readonly checkout: MarketCheckout,
    private readonly visitors: Visitors,
  ) {}

  /** Leads to Stripe's page, or says why not. */
  @Get('checkout/:id')
  @Public()
  async open(
    @Param('id') id: string,
    @Query() { total }: CheckoutQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visitor = await this.visitors.find(request);
    if (!visitor) return this.visitors.askToSignIn(request, reply);
    const accepted = total === undefined ? undefined : Number(total);
    const outcome = await this.openPage(id, visitor.accountId, accepted);
    if (outcome.kind === 'pay')
      return void reply
        .code(303)
        .headers({ ...pageHeaders(), location: outcome.url })
        .send();
    if (outcome.kind === 'paid') return this.back(id, visitor.accountId, 'success', reply);
    const [status, text] = pageOf(id, outcome);
    await reply.code(status).headers(pageHeaders()).send(text);
  }

  /** Leads back to cPanel. It changes nothing: what is paid says Stripe's signed event (security rule 4.5). */
  @Get('checkout/:id/return')
  @Public()
  async returned(
    @Param('id') id: string,
    @Query() { outcome }: CheckoutReturnQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visitor = await this.visitors.find(request);
    if (!visitor) return this.visitors.askToSignIn(request, reply);
    await this.back(id, visitor.accountId, outcome, reply);
  }

  /** Whom to write to about an order. Its ids are hints of the asker and are shown to nobody else. */
  @Get('support')
  @Public()
  async support(
    @Query() { order_id, order_item_id }: SupportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visitor = await this.visitors.find(request);
    if (!visitor) return this.visitors.askToSignIn(request, reply);
    const about = [order_id && `order ${order_id}`, order_item_id].filter(Boolean).join(', ');
    const { from } = this.config.mail;
    const body = markup`<p>Write to <a href="mailto:${from}">${from}</a>${about ? ` about ${about}` : ''}, from ${visitor.email}.</p>
<p>What you have bought is in <a href="/portal">your account</a>.</p>`;
    await reply.code(200).headers(pageHeaders()).send(page('Help with an order', body));
  }

  /** Undefined kinds of trouble are bugs; that Stripe is away is for the buyer to know. */
  private async openPage(id: string, accountId: string, accepted: number | undefined): Promise<Shown> {
    try {
      return await this.checkout.open(id, accountId, accepted);
    } catch (error) {
      if (error instanceof CheckoutError && error.code === 'CHECKOUT_UNAVAILABLE') return { kind: 'unavailable' };
      throw error;
    }
  }

  private async back(
    id: string,
    accountId: string,
    outcome: 'success' | 'cancelled',
    reply: FastifyReply,
  ): Promise<void> {
    const location = await this.checkout.returnAddress(id, accountId, outcome);
    if (location === undefined) return void reply.code(404).headers(pageHeaders()).send(ABSENT_PAGE);
    if (location !== null)
      return void reply
        .code(303)
        .headers({ ...pageHeaders(), location })
        .send();
    const text = outcome === 'success' ? DONE_PAGE : notePage('Nothing was bought', 'You can go back to cPanel.');
    await reply.code(200).headers(pageHeaders()).send(text);
  }
}

const ABSENT_PAGE = notePage('No such order', 'You have no order of this number. Did you sign in as somebody else?');
const DONE_PAGE = notePage(
  'Thank you',
  'What you bought comes by mail and is in your account. You can go back to cPanel.',
);

function pageOf(id: string, outcome: Exclude<Shown, { kind: 'pay' | 'paid' }>): [number, string] {
  switch (outcome.kind) {
    case 'unavailable':
      return [503, notePage('Not at the moment', 'Payments are not available. Nothing is lost: try again later.')];
    case 'absent':
      return [404, ABSENT_PAGE];
    case 'over':
      return [410, notePage('This order is over', 'It was given up and cannot be paid. Order again in cPanel.')];
    case 'unsellable': {
      const text = `${outcome.names.join(', ')}: not on sale any more. Order again in cPanel without it.`;
      return [409, notePage('Nothing can be paid', text)];
    }
    case 'changed':
      return [200, changedPage(id, outcome)];
  }
}

function changedPage(id: string, { lines, totalMinor, currency }: Checkout & { kind: 'changed' }): string {
  const price = (minor: number) => priceText(minor, currency);
  const rows = lines.map(({ name, names, quotedMinor, amountMinor }) => {
    const what = names > 1 ? `${name}, ${names} names` : name;
    const before = quotedMinor === amountMinor ? markup`` : markup`<del>${price(quotedMinor)}</del> `;
    return markup`<tr><th scope="row">${what}</th><td>${before}${price(amountMinor)}</td></tr>
`;
  });
  return page(
    'The price has changed',
    markup`<p>Since you ordered, this costs something else. Nothing is paid yet.</p>
<table>
${rows}<tr><th scope="row"><strong>Together</strong></th><td><strong>${price(totalMinor)}</strong></td></tr>
</table>
<p><a class="act" href="/market/checkout/${id}?total=${String(totalMinor)}">Pay ${price(totalMinor)}</a></p>`,
  );
}
