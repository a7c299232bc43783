export { AuditEntry } from './audit-entry.entity.js';
export { recordAudit, type AuditRecord } from './record-audit.js';
