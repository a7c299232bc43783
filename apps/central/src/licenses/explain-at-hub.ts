import { explain, graceDaysAfter, type LicenseExplanation } from '@hansa/contracts';
import type { LicenseRow } from './licenses.repository.js';

/** What the shops of a license may do and will do, as the hub knows it; the rules are the shops' own. */
export function explainAtHub(row: LicenseRow, now: Date): LicenseExplanation {
  const reason = row.revoked_at ? 'REVOKED' : row.suspended_at ? 'SUSPENDED' : null;
  return explain(
    {
      failedAt: row.revoked_at ?? row.suspended_at,
      failureReason: reason,
      graceDays: reason && graceDaysAfter(reason),
      carriedUntil: row.expires_at,
      expiresAt: row.expires_at,
      updatesUntil: row.updates_until,
    },
    now,
  );
}
