import { schedule } from '../store/task.js';
import { type Work } from '../store/work.js';
import { type DeliveryAttempt } from './event-records.js';
import { signatureHeader } from './signature.js';

/** A signed request that is ready to go out. */
export interface Outgoing {
  readonly url: string;
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** What a receiver said. Any 2xx is a success; redirects are not followed and are failures, as at Stripe. */
export interface Outcome {
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** Signs a pending delivery with a timestamp of this try. Null when there is nothing to send any more. */
export function outgoing(work: Work, deliveryId: string): Outgoing | null {
  const delivery = work.store.get('delivery', deliveryId);
  if (delivery?.status !== 'pending') return null;
  const record = work.store.get('event', delivery.event);
  const receiver = work.store.get('webhook_endpoint', delivery.webhook_endpoint);
  if (!record || receiver?.endpoint.status !== 'enabled') return null;
  const apiVersion = receiver.endpoint.api_version ?? record.event.api_version;
  const body = JSON.stringify({ ...record.event, api_version: apiVersion }, null, 2);
  return {
    url: receiver.endpoint.url,
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': signatureHeader(body, receiver.secret, work.now),
    },
  };
}

/** Sends one try. Never throws: whatever goes wrong is the outcome. */
export async function send(out: Outgoing, timeoutMs: number, stop: AbortSignal): Promise<Outcome> {
  const startedAt = performance.now();
  const outcome = (status: number | null, error: string | null): Outcome => ({
    status,
    error,
    durationMs: Math.round(performance.now() - startedAt),
  });
  try {
    const response = await fetch(out.url, {
      method: 'POST',
      body: out.body,
      headers: out.headers,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stop]),
    });
    await response.body?.cancel(); // only the status counts; a receiver cannot fill our memory
    return outcome(response.status, response.ok ? null : `answered ${response.status}`);
  } catch (error) {
    return outcome(null, reasonOf(error));
  }
}

/** Notes a try: delivered, to be tried again after the next wait of `retryMs`, or failed when they are used up. */
export function recordAttempt(work: Work, deliveryId: string, outcome: Outcome, retryMs: readonly number[]): void {
  const delivery = work.store.get('delivery', deliveryId);
  if (delivery?.status !== 'pending') return;
  const { status, error, durationMs } = outcome;
  const attempt: DeliveryAttempt = { at: work.now, status, error, duration_ms: durationMs };
  const attempts = [...delivery.attempts, attempt];
  const waitMs = retryMs[attempts.length - 1];
  const retry = error !== null && waitMs !== undefined;
  work.store.put('delivery', {
    ...delivery,
    attempts,
    status: error === null ? 'succeeded' : retry ? 'pending' : 'failed',
    next_attempt_at: retry ? Math.ceil((work.nowMs + waitMs) / 1000) : null,
  });
  if (retry) schedule(work, 'deliver-event', deliveryId, work.nowMs + waitMs);
}

/** Ends a delivery that has nobody to go to: its endpoint was deleted or disabled. */
export function abandon(work: Work, deliveryId: string): void {
  const delivery = work.store.get('delivery', deliveryId);
  if (delivery?.status === 'pending') {
    work.store.put('delivery', { ...delivery, status: 'failed', next_attempt_at: null });
  }
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'timed out';
  return typeof cause?.code === 'string' ? cause.code : message.slice(0, 200);
}
