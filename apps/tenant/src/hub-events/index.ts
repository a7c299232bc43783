export { HubDelivery } from './hub-delivery.entity.js';
export { HubEventsModule } from './hub-events.module.js';
export { HubStatusService } from './hub-status.service.js';
export { HubEventsService } from './hub-events.service.js';
export { InboxLoop } from './inbox-loop.js';
