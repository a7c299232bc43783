export { StripeEventRow } from './stripe-event.entity.js';
export { WebhooksModule } from './webhooks.module.js';
