import { newId } from '../store/ids.js';
import { schedule } from '../store/task.js';
import { type Work } from '../store/work.js';
import { type Delivery, type StoredEvent, type WebhookEndpointRecord } from './event-records.js';

/** The version whose object shapes the sandbox imitates: the one the `stripe` package pins. */
export const API_VERSION = '2026-10-28.endive';

/**
 * Records that `type` happened to `object`, and owes it to every endpoint that listens: in this change or not at all. `account`
 * is the connected account it happened in.
 */
export function recordEvent(work: Work, type: string, object: object, previous?: object, account?: string): void {
  const endpoints = work.store.all('webhook_endpoint').filter((it) => listens(it, type));
  const event: StoredEvent = {
    id: newId('evt'),
    object: 'event',
    ...(account && { account }),
    api_version: API_VERSION,
    created: work.now,
    data: { object, ...(previous && { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: endpoints.length,
    request: work.request,
    type,
  };
  const deliveries = endpoints.map((endpoint) => owe(work, event, endpoint));
  work.store.put('event', { id: event.id, event, deliveries });
}

/** Owes a recorded event once more to every endpoint that listens to it, and says which deliveries that made. */
export function resendEvent(work: Work, eventId: string): Delivery[] | null {
  const record = work.store.get('event', eventId);
  if (!record) return null;
  const endpoints = work.store.all('webhook_endpoint').filter((it) => listens(it, record.event.type));
  const added = endpoints.map((endpoint) => owe(work, record.event, endpoint));
  work.store.put('event', { ...record, deliveries: [...record.deliveries, ...added] });
  return added.map((id) => work.store.get('delivery', id)!);
}

/** The event as the API shows it: everything frozen but the number of endpoints still waiting. */
export function presentEvent(work: Work, id: string): StoredEvent | null {
  const record = work.store.get('event', id);
  if (!record) return null;
  const pending = record.deliveries.filter((it) => work.store.get('delivery', it)?.status === 'pending');
  return { ...record.event, pending_webhooks: pending.length };
}

function owe(work: Work, event: StoredEvent, { endpoint }: WebhookEndpointRecord): string {
  const delivery: Delivery = {
    id: newId('dlv'),
    object: 'sandbox.delivery',
    event: event.id,
    event_type: event.type,
    webhook_endpoint: endpoint.id,
    url: endpoint.url,
    created: work.now,
    status: 'pending',
    attempts: [],
    next_attempt_at: Math.floor(work.nowMs / 1_000), // the time it is, whatever a test clock says
  };
  work.store.put('delivery', delivery);
  schedule(work, 'deliver-event', delivery.id, work.nowMs);
  return delivery.id;
}

function listens({ endpoint }: WebhookEndpointRecord, type: string): boolean {
  const { enabled_events: wanted } = endpoint;
  return endpoint.status === 'enabled' && (wanted.includes('*') || wanted.includes(type));
}
