export { AuditEntry } from './audit-entry.entity.js';
export { auditWith, recordAudit, type AuditRecord } from './record-audit.js';
