import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import type { Order } from '#checkout';
import type { TestHub } from './harness.js';

/** The signing secret of `centralConfigForTests`. */
export const TEST_STRIPE_SECRET = 'whsec_test';

export interface StripeCall {
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly form: URLSearchParams;
}

export interface FakeStripe {
  /** For `STRIPE_API_BASE`. */
  readonly url: string;
  /** Every request that came in, retries included. */
  readonly calls: StripeCall[];
  /** Answers every request with this status from here on; undefined works again. */
  failWith(status: number | undefined): void;
  close(): Promise<void>;
}

/** Stripe as far as the hub calls it: opens checkout sessions, the same one again for the same idempotency key. */
export async function startFakeStripe(): Promise<FakeStripe> {
  const calls: StripeCall[] = [];
  const sessions = new Map<string, object>();
  let failure: number | undefined;
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const form = new URLSearchParams(body);
      const idempotencyKey = request.headers['idempotency-key'] as string | undefined;
      calls.push({ path: request.url ?? '', idempotencyKey, form });
      response.setHeader('content-type', 'application/json');
      if (failure !== undefined) {
        response.statusCode = failure;
        response.end(JSON.stringify({ error: { type: 'api_error', message: 'No such key: sk_test_secret' } }));
        return;
      }
      if (request.url?.startsWith('/v1/subscriptions/')) {
        const cancelAt = form.get('cancel_at_period_end') === 'true' ? 1_900_000_000 : null;
        response.end(JSON.stringify({ object: 'subscription', cancel_at: cancelAt, customer: 'cus_1' }));
        return;
      }
      if (request.url === '/v1/billing_portal/sessions') {
        response.end(JSON.stringify({ url: `https://billing.stripe.example/p/${form.get('customer') ?? ''}` }));
        return;
      }
      const [, invoice] = /^\/v1\/invoices\/(\w+)$/.exec(request.url ?? '') ?? [];
      if (invoice !== undefined) {
        const page = invoice.includes('hostile')
          ? 'javascript:alert(1)'
          : `https://invoice.stripe.example/i/${invoice}`;
        response.end(JSON.stringify({ object: 'invoice', hosted_invoice_url: page, invoice_pdf: `${page}/pdf` }));
        return;
      }
      const name = idempotencyKey ?? randomBytes(8).toString('hex');
      const session = sessions.get(name) ?? newSession(form);
      sessions.set(name, session);
      response.end(JSON.stringify(session));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    failWith: (status) => (failure = status),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function newSession(form: URLSearchParams): object {
  const id = `cs_test_${randomBytes(12).toString('hex')}`;
  return {
    id,
    object: 'checkout.session',
    url: `https://checkout.stripe.example/c/${id}`,
    expires_at: Number(form.get('expires_at')),
    status: 'open',
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export interface StripeEventOptions {
  readonly id?: string;
  readonly type?: string;
  /** When it happened at Stripe; noon of the day tests live in, unless said otherwise. */
  readonly at?: Date;
  readonly session?: Record<string, unknown>;
}

const NOON = new Date('2030-01-01T12:00:00Z');

/** The JSON of an event about an order's session: paid in full, unless the overrides say otherwise. */
export function stripeEvent(order: Order, { id, type, at = NOON, session }: StripeEventOptions = {}): string {
  return JSON.stringify({
    id: id ?? `evt_${randomBytes(12).toString('hex')}`,
    object: 'event',
    created: at.getTime() / 1_000,
    type: type ?? 'checkout.session.completed',
    data: {
      object: {
        id: order.stripeSessionId,
        object: 'checkout.session',
        client_reference_id: order.id,
        amount_total: order.amountMinor,
        currency: order.currency.toLowerCase(),
        payment_status: 'paid',
        payment_intent: `pi_${order.id}`,
        subscription: null,
        ...session,
      },
    },
  });
}

/** `Stripe-Signature` over `payload`, made at `at`. */
export function stripeSignature(payload: string, at: Date, secret = TEST_STRIPE_SECRET): string {
  const timestamp = Math.floor(at.getTime() / 1_000);
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

/** Brings an event to the hub as Stripe does. */
export async function sendStripeEvent(hub: TestHub, payload: string): Promise<Response> {
  return fetch(`${hub.url}/webhooks/stripe`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'stripe-signature': stripeSignature(payload, hub.ground.clock.now()),
    },
    body: payload,
  });
}
