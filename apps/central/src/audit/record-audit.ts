import type { Writes } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { AuditEntry } from './audit-entry.entity.js';

export type AuditRecord = Omit<AuditEntry, 'id' | 'data'> & { data?: Record<string, unknown> };

/** Writes the audit row of a change on the change's own transaction. */
export async function recordAudit(tx: EntityManager, record: AuditRecord): Promise<void> {
  await tx.insert(AuditEntry, { ...record, data: (record.data ?? {}) as object });
}

/** Adds the audit row of a change to the change's other writes. */
export function auditWith(writes: Writes, record: AuditRecord): void {
  writes.insert(AuditEntry, { ...record, data: record.data ?? {} });
}
