import { Injectable, Logger } from '@nestjs/common';
import type Stripe from 'stripe';
import { CentralConfig } from '#config';
import { CheckoutError } from './checkout.errors.js';
import type { Order } from './order.entity.js';
import type { Purchase } from './purchase.entity.js';
import { explainStripe, invoiceParams, StripeGateway, taxBehavior, taxParams } from './stripe-gateway.js';

/** Where Stripe's page sends the browser. */
export interface PurchasePages {
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/** What Stripe is asked about purchases. Everything may be asked again. */
@Injectable()
export class PurchasePayments {
  private readonly logger = new Logger(PurchasePayments.name);

  constructor(
    private readonly stripe: StripeGateway,
    private readonly config: CentralConfig,
  ) {}

  /** Opens the page of a purchase; its id is Stripe's idempotency key. @throws {CheckoutError} CHECKOUT_UNAVAILABLE */
  async openSession(purchase: Purchase, orders: readonly Order[], pages: PurchasePages) {
    return this.ask(`open a session for ${purchase.id}`, async (client) => {
      const params = sessionParams(purchase, orders, pages, this.config.stripe);
      const { id, url } = await client.checkout.sessions.create(params, { idempotencyKey: purchase.id });
      if (url === null) throw new Error('Stripe opened a session without a page');
      return { id, url };
    });
  }

  /** Closes a page. False when somebody has paid on it. @throws {CheckoutError} CHECKOUT_UNAVAILABLE */
  async closeSession(sessionId: string): Promise<boolean> {
    return this.ask(`close ${sessionId}`, async (client) => {
      const { status } = await client.checkout.sessions.retrieve(sessionId);
      if (status !== 'open') return status === 'expired';
      await client.checkout.sessions.expire(sessionId);
      return true;
    });
  }

  /** Takes `amountMinor` of a held payment and releases the rest; all of it when that is 0. @throws {CheckoutError} CHECKOUT_UNAVAILABLE */
  async capture(intentId: string, amountMinor: number): Promise<void> {
    await this.ask(`capture ${intentId}`, async (client) => {
      const { status } = await client.paymentIntents.retrieve(intentId);
      // Captured or released before: by an earlier try, or because the hold has run out.
      if (status !== 'requires_capture') return;
      const once = { idempotencyKey: `${intentId}:${amountMinor}` };
      if (amountMinor === 0) await client.paymentIntents.cancel(intentId, {}, once);
      else await client.paymentIntents.capture(intentId, { amount_to_capture: amountMinor }, once);
    });
  }

  private async ask<T>(what: string, work: (client: Stripe) => Promise<T>): Promise<T> {
    const client = this.stripe.requireConfigured();
    try {
      return await work(client);
    } catch (cause) {
      this.logger.error(`Stripe did not ${what}: ${explainStripe(cause)}`);
      throw new CheckoutError('CHECKOUT_UNAVAILABLE', {}, { cause });
    }
  }
}

/** Everything sent comes from the purchase and its orders: a retry sends the same, as Stripe's idempotency asks. */
function sessionParams(
  purchase: Purchase,
  orders: readonly Order[],
  { successUrl, cancelUrl }: PurchasePages,
  settings: CentralConfig['stripe'],
): Stripe.Checkout.SessionCreateParams {
  const metadata = { purchase_id: purchase.id, order_id: orders[0]!.id };
  const isSubscription = orders.some(({ licenseKind }) => licenseKind === 'subscription');
  const isHeld = purchase.capture === 'manual';
  const held = isHeld ? ({ capture_method: 'manual' } as const) : {};
  // What is held may be taken in part: Stripe makes no invoice of it, and its tax is not known before.
  const taken = isHeld ? { ...settings, automaticTax: false, invoices: false } : settings;
  return {
    ...(isSubscription
      ? { mode: 'subscription', subscription_data: { metadata } }
      : { mode: 'payment', payment_intent_data: { metadata, ...held }, ...invoiceParams(taken, metadata) }),
    ...taxParams({ stripe: taken }),
    line_items: orders.map(({ currency, amountMinor, itemName, billingInterval }) => ({
      quantity: 1,
      price_data: {
        currency: currency.toLowerCase(),
        unit_amount: amountMinor,
        product_data: { name: itemName },
        ...taxBehavior(taken),
        ...(billingInterval ? { recurring: { interval: billingInterval } } : {}),
      },
    })),
    client_reference_id: purchase.id,
    customer_email: purchase.customerEmail,
    metadata,
    expires_at: Math.floor(purchase.expiresAt.getTime() / 1_000),
    success_url: successUrl,
    cancel_url: cancelUrl,
  };
}
