import { Admin } from '#admin';
import { AuditEntry, Notification, ShopEvent } from '#audit';
import { EgressEntry } from '#egress';

/** The list of tables; nothing else. */
export const ENTITIES = [Admin, AuditEntry, Notification, ShopEvent, EgressEntry];
