import { Clock, enqueueWith } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { advanceOrder, followPurchase, type SoldOrder, type StripePaymentIntent } from '#checkout';
import { ACTOR, OrderSettlement } from './order-settlement.service.js';
import type { Hearing, Outcome } from './stripe-facts.js';

/** What becomes of payments that were authorized on Stripe's page: captured later, or released. Others are told of by their session. */
@Injectable()
export class CaptureEvents {
  constructor(
    private readonly clock: Clock,
    private readonly settlement: OrderSettlement,
  ) {}

  /** The money was taken: what was not given up before is paid for, by exactly this sum. */
  async captured(hearing: Hearing, payment: StripePaymentIntent): Promise<Outcome> {
    const orders = heldOf(hearing).filter(({ status }) => status !== 'failed');
    if (orders.length === 0) return 'ignored';
    follow(hearing);
    return this.settlement.payAll(hearing, orders, {
      id: payment.id,
      intent: payment.id,
      amountMinor: payment.amount_received,
      currency: payment.currency,
      taxMinor: 0,
      priceId: null,
      subscription: null,
      isTrial: false,
    });
  }

  /** Nothing was taken and nothing will be: there is nothing to deliver. */
  released(hearing: Hearing): string {
    const step = { to: 'failed', at: this.clock.now(), actor: ACTOR } as const;
    const failed = heldOf(hearing).filter((order) => advanceOrder(hearing.writes, order, step));
    if (failed.length === 0) return 'ignored';
    follow(hearing);
    return 'failed';
  }
}

/** Whoever holds back what was bought hears that the payment has come further. */
function follow({ writes, orders }: Hearing): void {
  enqueueWith(writes, followPurchase, { purchaseId: orders[0]!.purchaseId! });
}

function heldOf({ orders }: Pick<Hearing, 'orders'>): readonly SoldOrder[] {
  return orders.filter(({ capture }) => capture === 'manual');
}
