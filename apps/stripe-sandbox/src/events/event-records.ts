import type Stripe from 'stripe';

/** An event as it was recorded; its body never changes afterwards. */
export interface EventRecord {
  readonly id: string;
  readonly event: StoredEvent;
  /** Ids of its deliveries, resends included. */
  readonly deliveries: readonly string[];
}

/** The package types an event as a union by name; the sandbox writes the parts they all share. */
export interface StoredEvent extends Omit<Stripe.EventBase, 'data' | 'type'> {
  readonly type: string;
  readonly data: { readonly object: object; readonly previous_attributes?: object };
}

export interface WebhookEndpointRecord {
  readonly id: string;
  /** Without the secret: the API shows it once, when it is made. */
  readonly endpoint: Stripe.WebhookEndpoint;
  readonly secret: string;
  /** Made from STRIPE_WEBHOOK_URL, so it goes when that does. */
  readonly configured: boolean;
}

export interface DeliveryAttempt {
  readonly at: number;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly error: string | null;
  readonly duration_ms: number;
}

/** One event on its way to one endpoint. `GET /sandbox/deliveries` shows it as it is kept. */
export interface Delivery {
  readonly id: string;
  readonly object: 'sandbox.delivery';
  readonly event: string;
  readonly event_type: string;
  readonly webhook_endpoint: string;
  readonly url: string;
  readonly created: number;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly attempts: readonly DeliveryAttempt[];
  /** Seconds since 1970; null when nothing more will be tried. */
  readonly next_attempt_at: number | null;
}
