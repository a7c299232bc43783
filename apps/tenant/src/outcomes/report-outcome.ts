import type { ReportOutcomeRequest } from '@hansa/contracts';
import { defineJob, enqueue } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { OutcomeConsent } from './outcome-consent.entity.js';

/** A hub that is away for a few days still hears of it; later than that nobody asks. */
export const REPORT_OUTCOME = defineJob<ReportOutcomeRequest>('report-outcome', { maxAttempts: 20 });

/** Whether the admins let the hub be told how installations end. */
export async function isConsentGiven(db: EntityManager): Promise<boolean> {
  return db.existsBy(OutcomeConsent, { onlyRow: true, given: true });
}

/** Has the hub told how an installation ended, if the admins consented: package, version and one of four words, nothing else. */
export async function reportOutcome(tx: EntityManager, jobId: string, report: ReportOutcomeRequest): Promise<void> {
  if (!(await isConsentGiven(tx))) return;
  await enqueue(tx, REPORT_OUTCOME, report, { key: `report-outcome:${jobId}` });
}
