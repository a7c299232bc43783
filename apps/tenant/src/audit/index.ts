export { AuditEntry } from './audit-entry.entity.js';
export { Notification, type Severity } from './notification.entity.js';
export { FAN_OUT_EVENT, notify, recordAudit, recordEvent, type NotificationRecord, type ShopEvents } from './record.js';
export { ShopEvent } from './shop-event.entity.js';
