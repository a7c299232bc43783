import type Stripe from 'stripe';
import { type ConfiguredWebhook } from '../config/config.js';
import { noSuch } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';
import { type WebhookEndpointRecord } from './event-records.js';

/** Adds an endpoint. The answer is the only one that holds its signing secret. */
export function createWebhookEndpoint(work: Work, params: Params): Stripe.WebhookEndpoint {
  const enabledEvents = params.texts('enabled_events');
  if (enabledEvents.length === 0) params.missing('enabled_events');
  const endpoint: Stripe.WebhookEndpoint = {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: params.text('api_version', 40) ?? null,
    application: null,
    created: work.now,
    description: params.text('description') ?? null,
    enabled_events: enabledEvents,
    livemode: false,
    metadata: params.metadata(),
    status: 'enabled',
    url: params.url('url') ?? params.missing('url'),
  };
  params.ignore('connect');
  const secret = newId('whsec', 32);
  work.store.put('webhook_endpoint', { id: endpoint.id, endpoint, secret, configured: false });
  return { ...endpoint, secret };
}

/** Changes what was given. Pending deliveries go to the new URL. */
export function updateWebhookEndpoint(work: Work, id: string, params: Params): Stripe.WebhookEndpoint {
  const record = findEndpoint(work, id);
  const enabledEvents = params.texts('enabled_events');
  const disabled = params.boolean('disabled');
  const endpoint: Stripe.WebhookEndpoint = {
    ...record.endpoint,
    url: params.url('url') ?? record.endpoint.url,
    description: params.text('description') ?? record.endpoint.description,
    enabled_events: enabledEvents.length > 0 ? enabledEvents : record.endpoint.enabled_events,
    metadata: params.metadata('metadata', record.endpoint.metadata),
    status: disabled === undefined ? record.endpoint.status : disabled ? 'disabled' : 'enabled',
  };
  work.store.put('webhook_endpoint', { ...record, endpoint });
  return endpoint;
}

/** Removes an endpoint; what it has not received yet is not delivered any more. */
export function deleteWebhookEndpoint(work: Work, id: string): Stripe.DeletedWebhookEndpoint {
  findEndpoint(work, id);
  work.store.delete('webhook_endpoint', id);
  return { id, object: 'webhook_endpoint', deleted: true };
}

export function findEndpoint(work: Work, id: string): WebhookEndpointRecord {
  const record = work.store.get('webhook_endpoint', id);
  if (!record) throw noSuch('webhook endpoint', id);
  return record;
}

/** Makes the one endpoint of the configuration what the configuration says: there, changed, or gone. */
export function configureWebhook(work: Work, webhook: ConfiguredWebhook | null): void {
  const before = work.store.all('webhook_endpoint').find(({ configured }) => configured);
  if (!webhook) {
    if (before) work.store.delete('webhook_endpoint', before.id);
    return;
  }
  const endpoint: Stripe.WebhookEndpoint = {
    id: before?.id ?? newId('we'),
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created: before?.endpoint.created ?? work.now,
    description: 'STRIPE_WEBHOOK_URL',
    enabled_events: ['*'],
    livemode: false,
    metadata: {},
    status: 'enabled',
    url: webhook.url,
  };
  work.store.put('webhook_endpoint', { id: endpoint.id, endpoint, secret: webhook.secret, configured: true });
}
