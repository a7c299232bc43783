export { Delivery, DeliveryAttempt, type DeliveryStatus } from './delivery.entity.js';
export { OutboxEvent } from './outbox-event.entity.js';
export { OutboxModule } from './outbox.module.js';
export { deliverWebhook, deliveryJobKey, OutboxService, type News } from './outbox.service.js';
