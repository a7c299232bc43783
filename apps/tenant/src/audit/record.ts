import type { EntityManager } from 'typeorm';
import { AuditEntry } from './audit-entry.entity.js';
import { Notification, type Severity } from './notification.entity.js';
import { ShopEvent } from './shop-event.entity.js';

/** What a shop tells its own listeners (federation.md §4). Identifiers and codes only. */
export interface ShopEvents {
  'plugin.installed': { readonly plugin_id: string; readonly marketplace_id: string; readonly version: string };
  'plugin.updated': {
    readonly plugin_id: string;
    readonly marketplace_id: string;
    readonly version: string;
    readonly from: string;
  };
  'plugin.uninstalled': { readonly plugin_id: string; readonly marketplace_id: string; readonly version: string };
  'plugin.license_failed': { readonly marketplace_id: string; readonly reason: string; readonly stopped: boolean };
}

export interface AuditRecord {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface NotificationRecord {
  readonly at: Date;
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly subject: string;
  /** Makes it a notification that is given once, however often it is recorded. */
  readonly onceKey?: string;
}

/** Writes the audit row of a change on the change's own transaction. */
export async function recordAudit(tx: EntityManager, { data = {}, ...record }: AuditRecord): Promise<void> {
  await tx.insert(AuditEntry, { ...record, data: { ...data } as object });
}

/** Tells the admins something, together with the change it is about. */
export async function notify(tx: EntityManager, record: NotificationRecord): Promise<void> {
  await tx
    .createQueryBuilder()
    .insert()
    .into(Notification)
    .values({ onceKey: null, ...record })
    .orIgnore()
    .execute();
}

/** Records an event for the shop's listeners: it exists when the change commits, and never otherwise. */
export async function recordEvent<Name extends keyof ShopEvents>(
  tx: EntityManager,
  at: Date,
  name: Name,
  data: ShopEvents[Name],
): Promise<void> {
  await tx.insert(ShopEvent, { at, name, data: { ...data } as object });
}
