export { AuditEntry } from './audit-entry.entity.js';
export { Notification, type Severity } from './notification.entity.js';
export { notify, recordAudit, recordEvent, type NotificationRecord, type ShopEvents } from './record.js';
export { ShopEvent } from './shop-event.entity.js';
