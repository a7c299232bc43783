import { defineJob, enqueue } from '@hansa/platform';
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
  /** `from` was taken back, by itself or by an admin; `version` runs again, null when nothing did before. */
  'plugin.rolled_back': {
    readonly plugin_id: string;
    readonly marketplace_id: string;
    readonly version: string | null;
    readonly from: string;
    readonly code: string;
  };
  /** An installation or update that ended before the release was switched to; what ran before runs on. */
  'plugin.failed': { readonly marketplace_id: string; readonly version: string; readonly code: string };
  'plugin.enabled': { readonly plugin_id: string; readonly marketplace_id: string };
  'plugin.disabled': { readonly plugin_id: string; readonly marketplace_id: string; readonly reason: string };
  'plugin.uninstalled': { readonly plugin_id: string; readonly marketplace_id: string; readonly version: string };
  'plugin.license_failed': { readonly marketplace_id: string; readonly reason: string; readonly stopped: boolean };
}

/** Brings one event to those who listen; done by the feature that knows them. */
export const FAN_OUT_EVENT = defineJob<{ eventId: string }>('fan-out-event');

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

/** Records an event for the shop's listeners, and the job that tells them: both exist when the change commits, and never otherwise. */
export async function recordEvent<Name extends keyof ShopEvents>(
  tx: EntityManager,
  at: Date,
  name: Name,
  data: ShopEvents[Name],
): Promise<void> {
  const { identifiers } = await tx.insert(ShopEvent, { at, name, data: { ...data } as object });
  await enqueue(tx, FAN_OUT_EVENT, { eventId: String(identifiers[0]?.['id']) });
}
