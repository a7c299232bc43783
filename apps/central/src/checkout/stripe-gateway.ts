import { Clock } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { CentralConfig } from '#config';
import { CheckoutError } from './checkout.errors.js';
import type { Order } from './order.entity.js';

const TIMEOUT_MS = 10_000;
const NETWORK_RETRIES = 2;
/** Seconds between Stripe signing an event and the hub reading it, at most: a stolen event is worthless after that. */
const SIGNATURE_TOLERANCE_SECONDS = 300;

/** The hub's return pages, relative to `HUB_URL`. */
export const RETURN_PATH = '/checkout/return';
export const CANCELLED_PATH = '/checkout/cancelled';

export type StripeEvent = Stripe.Event;
export type StripeCheckoutSession = Stripe.Checkout.Session;
export type StripeInvoice = Stripe.Invoice;
export type StripeInvoicePayment = Stripe.InvoicePayment;
export type StripeSubscription = Stripe.Subscription;
export type StripePaymentIntent = Stripe.PaymentIntent;
export type StripeCharge = Stripe.Charge;
export type StripeDispute = Stripe.Dispute;

export interface OpenedSession {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: Date;
}

export interface InvoicePages {
  readonly page: string;
  readonly pdf: string;
}

/** The one place that talks to Stripe, or to whatever answers at `STRIPE_API_BASE`. */
@Injectable()
export class StripeGateway {
  private readonly logger = new Logger(StripeGateway.name);
  private readonly client: Stripe | undefined;

  constructor(
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {
    const { secretKey, apiBase } = config.stripe;
    if (secretKey === undefined) return;
    const { hostname, port, protocol } = new URL(apiBase);
    this.client = new Stripe(secretKey, {
      host: hostname,
      port: port || (protocol === 'http:' ? 80 : 443),
      protocol: protocol === 'http:' ? 'http' : 'https',
      timeout: TIMEOUT_MS,
      maxNetworkRetries: NETWORK_RETRIES,
      telemetry: false,
    });
  }

  get isConfigured(): boolean {
    return this.client !== undefined;
  }

  /** @throws {CheckoutError} CHECKOUT_UNAVAILABLE when no Stripe account is configured */
  requireConfigured(): Stripe {
    if (!this.client) throw new CheckoutError('CHECKOUT_UNAVAILABLE');
    return this.client;
  }

  /**
   * Opens Stripe's page for an order. The order id is Stripe's idempotency key and everything sent comes from the order, so
   * asking twice, at once or after a crash, opens one page.
   *
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async openSession(order: Order): Promise<OpenedSession> {
    const client = this.requireConfigured();
    try {
      const params = { ...sessionParams(order, this.config), ...taxParams(this.config) };
      const session = await client.checkout.sessions.create(params, { idempotencyKey: order.id });
      if (session.url === null) throw new Error('Stripe opened a session without a page');
      return { id: session.id, url: session.url, expiresAt: new Date(session.expires_at * 1_000) };
    } catch (cause) {
      this.logger.error(`Stripe did not open a session for ${order.id}: ${explainStripe(cause)}`);
      throw new CheckoutError('CHECKOUT_UNAVAILABLE', {}, { cause });
    }
  }

  /**
   * Lets a subscription end with the period that is paid, and says when that is. Asking again changes nothing.
   *
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async cancelAtPeriodEnd(subscription: string): Promise<Date> {
    const client = this.requireConfigured();
    try {
      const { cancel_at: cancelAt } = await client.subscriptions.update(subscription, { cancel_at_period_end: true });
      if (typeof cancelAt !== 'number') throw new Error('Stripe named no end');
      return new Date(cancelAt * 1_000);
    } catch (cause) {
      this.logger.error(`Stripe did not end ${subscription}: ${explainStripe(cause)}`);
      throw new CheckoutError('CHECKOUT_UNAVAILABLE', {}, { cause });
    }
  }

  /**
   * A page of Stripe's where whoever pays for a subscription changes the card, sees invoices and ends it; good for minutes.
   *
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async openBillingPortal(subscription: string): Promise<string> {
    const client = this.requireConfigured();
    try {
      const { customer } = await client.subscriptions.retrieve(subscription);
      const whose = typeof customer === 'string' ? customer : customer.id;
      const page = { customer: whose, return_url: `${this.config.hubUrl}/portal` };
      return (await client.billingPortal.sessions.create(page)).url;
    } catch (cause) {
      this.logger.error(`Stripe opened no billing portal for ${subscription}: ${explainStripe(cause)}`);
      throw new CheckoutError('CHECKOUT_UNAVAILABLE', {}, { cause });
    }
  }

  /**
   * Where Stripe shows an invoice, and its PDF. Asked for when somebody wants to look: these addresses expire.
   *
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async findInvoicePages(invoice: string): Promise<InvoicePages> {
    const client = this.requireConfigured();
    try {
      const { hosted_invoice_url: page, invoice_pdf: pdf } = await client.invoices.retrieve(invoice);
      if (!isWebPage(page) || !isWebPage(pdf)) throw new Error('Stripe named no page');
      return { page, pdf };
    } catch (cause) {
      this.logger.error(`Stripe did not show ${invoice}: ${explainStripe(cause)}`);
      throw new CheckoutError('CHECKOUT_UNAVAILABLE', {}, { cause });
    }
  }

  /**
   * Reads an event that Stripe signed. Signature and age are checked over the received bytes before anything is parsed, so
   * nobody else can say that an order was paid (security rule 4.5). Each endpoint at Stripe has a secret of its own, and two while it
   * is changed.
   *
   * @throws {CheckoutError} STRIPE_SIGNATURE_REFUSED, or CHECKOUT_UNAVAILABLE when no signing secret is configured
   */
  readEvent(rawBody: Buffer, signature: string): StripeEvent {
    const { webhookSecrets } = this.config.stripe;
    if (webhookSecrets.length === 0) throw new CheckoutError('CHECKOUT_UNAVAILABLE');
    const nowMs = this.clock.now().getTime();
    let refusal: unknown;
    for (const secret of webhookSecrets) {
      try {
        const tolerance = SIGNATURE_TOLERANCE_SECONDS;
        return Stripe.webhooks.constructEvent(rawBody, signature, secret, tolerance, undefined, nowMs);
      } catch (cause) {
        refusal = cause;
      }
    }
    throw new CheckoutError('STRIPE_SIGNATURE_REFUSED', {}, { cause: refusal });
  }

  /** Whether an event is of the mode of the hub's own key, live or test. */
  isOwnMode({ livemode }: Pick<StripeEvent, 'livemode'>): boolean {
    return livemode !== !/^(sk|rk)_live_/.test(this.config.stripe.secretKey ?? '');
  }
}

function sessionParams(order: Order, { hubUrl, stripe }: CentralConfig): Stripe.Checkout.SessionCreateParams {
  const metadata = { order_id: order.id, ...(order.priceId === null ? {} : { price_id: order.priceId }) };
  const recurring = order.billingInterval ? { recurring: { interval: order.billingInterval } } : {};
  const price_data = {
    currency: order.currency.toLowerCase(),
    unit_amount: order.amountMinor / order.quantity,
    product_data: { name: order.itemName },
    ...taxBehavior(stripe),
    ...recurring,
  };
  return {
    ...(order.licenseKind === 'subscription'
      ? { mode: 'subscription', subscription_data: { metadata, ...trialOf(order) } }
      : { mode: 'payment', payment_intent_data: { metadata }, ...invoiceParams(stripe, metadata) }),
    line_items: [{ quantity: order.quantity, price_data }],
    client_reference_id: order.id,
    customer_email: order.customerEmail,
    metadata,
    expires_at: Math.floor(order.expiresAt.getTime() / 1_000),
    success_url: `${hubUrl}${RETURN_PATH}?order=${order.id}`,
    cancel_url: `${hubUrl}${CANCELLED_PATH}?order=${order.id}`,
  };
}

type StripeSettings = CentralConfig['stripe'];

/** What a session asks for when Stripe finds the tax. */
export function taxParams({ stripe }: Pick<CentralConfig, 'stripe'>): Partial<Stripe.Checkout.SessionCreateParams> {
  return stripe.automaticTax ? { automatic_tax: { enabled: true } } : {};
}

/** Prices are what the merchant pays: tax is within them. */
export function taxBehavior({ automaticTax }: StripeSettings): { readonly tax_behavior?: 'inclusive' } {
  return automaticTax ? { tax_behavior: 'inclusive' } : {};
}

/** Subscriptions have invoices of their own; a single payment gets one when that is wanted, which names its order by `metadata`. */
export function invoiceParams(
  { invoices }: StripeSettings,
  metadata: Stripe.MetadataParam,
): Partial<Stripe.Checkout.SessionCreateParams> {
  return invoices ? { invoice_creation: { enabled: true, invoice_data: { metadata } } } : {};
}

/** Whether it is the address of a web page: it becomes a link. */
export function isWebPage(url: string | null | undefined): url is string {
  return typeof url === 'string' && URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol);
}

/** A trial nobody left a means of payment for ends, instead of owing. */
function trialOf({ trialDays }: Order): Stripe.Checkout.SessionCreateParams.SubscriptionData {
  if (trialDays === null) return {};
  return {
    trial_period_days: trialDays,
    trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
  };
}

/** What an operator needs to know; Stripe's own message may quote parts of the key, so it stays out of the log. */
export function explainStripe(error: unknown): string {
  if (!(error instanceof Stripe.errors.StripeError)) return error instanceof Error ? error.message : String(error);
  return `${error.type} ${error.statusCode ?? ''} ${error.code ?? ''} request ${error.requestId ?? 'unknown'}`;
}
