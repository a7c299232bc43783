import Stripe from 'stripe';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/index.js';

export const CARD = '4242424242424242';
export const DECLINED_CARD = '4000000000000002';
export const CHALLENGED_CARD = '4000000000003220';

/** The official client, pointed at a sandbox the way a shop points it. */
export function clientOf({ client }: Pick<RunningSandbox, 'client'>, key = 'sk_test_shop'): Stripe {
  return new Stripe(key, { ...client, maxNetworkRetries: 0, telemetry: false });
}

/** Gives back what it is given, and closes it after the test, passed or failed. */
export function useClosing(): <T extends { close(): Promise<unknown> }>(opened: T) => T {
  const opened: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((it) => it.close()));
  });
  return (it) => {
    opened.push(it);
    return it;
  };
}

/** A sandbox for each test, without latency or retries worth waiting for. */
export function useSandbox(options: SandboxOptions = {}) {
  let current: RunningSandbox | undefined;
  beforeEach(async () => {
    current = await startSandbox({ latencyMs: 0, settleDelayMs: 0, retryMs: [1, 1, 1], ...options });
  });
  afterEach(async () => current?.close());
  const running = (): RunningSandbox => {
    if (!current) throw new Error('Only inside a test.');
    return current;
  };
  return {
    get stripe() {
      return clientOf(running());
    },
    get url() {
      return `http://127.0.0.1:${running().port}`;
    },
  };
}

/** Parameters of a session that sells one thing for EUR 19. */
export function aSession(
  changes: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    success_url: 'http://shop.test/thanks?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.test/cart',
    customer_email: 'jo@shop.test',
    line_items: [
      { quantity: 1, price_data: { currency: 'eur', unit_amount: 1900, product_data: { name: 'Gift cards' } } },
    ],
    ...changes,
  };
}

/** Line items of a monthly subscription for EUR 9. */
export const MONTHLY: Stripe.Checkout.SessionCreateParams.LineItem[] = [
  {
    quantity: 1,
    price_data: {
      currency: 'eur',
      unit_amount: 900,
      recurring: { interval: 'month' },
      product_data: { name: 'Newsletter' },
    },
  },
];

/** Fills and sends the form of a page, as a browser without JavaScript does; redirects are not followed. */
export function submit(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
}

/** Pays a session's page by card. */
export function payByCard(
  base: string,
  sessionId: string,
  number: string,
  more: Record<string, string> = {},
): Promise<Response> {
  const card = { card_number: number, card_expiry: '12 / 40', card_cvc: '123' };
  return submit(`${base}/c/pay/${sessionId}`, { method: 'card', ...card, ...more });
}
