export { StripeEventRow } from './stripe-event.entity.js';
export { WebhooksModule } from './webhooks.module.js';
export { StripeReconciliationRow } from './stripe-reconciliation.entity.js';
export { StripeReconciliation, type Reconciled } from './stripe-reconciliation.service.js';
