import { defineJob, enqueue } from '@hansa/platform';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CertificateOrder } from './certificate-order.entity.js';

/** Where an ordered certificate may go. A PEM leaves the hub in `issued` only, and `issued` takes a captured payment. */
export const CERTIFICATE_STEPS = {
  awaiting_payment: ['awaiting_validation', 'canceled'],
  awaiting_validation: ['issuing', 'refused', 'canceled'],
  issuing: ['issued', 'refused'],
  issued: ['revoked'],
  revoked: [],
  refused: [],
  canceled: [],
} as const satisfies Record<string, readonly string[]>;

export type CertificateState = keyof typeof CERTIFICATE_STEPS;

/** Does what an ordered certificate waits for: looks for the proof of control, or goes on with the CA. */
export const workOnCertificate = defineJob<{ certificateId: string }>('work-on-certificate');
/** At most one job of a certificate waits. */
export const certificateJobKey = (id: string) => `certificate:${id}`;

export interface Settlement {
  readonly certificateId: string;
  /** `issued`: take the money, then say so by `paymentSettled`. Otherwise there will be no certificate: give the money back. */
  readonly outcome: 'issued' | 'refused' | 'canceled';
}

/** Has the CA take a certificate back. */
export const revokeCertificate = defineJob<{ certificateId: string }>('revoke-certificate');

/** What is to become of the payment; enqueued with the change it follows from. */
export const settleCertificate = defineJob<Settlement>('settle-certificate');

/** Has the payment settled in the transaction of what it follows from. */
export async function settle(tx: EntityManager, certificateId: string, outcome: Settlement['outcome']): Promise<void> {
  await enqueue(tx, settleCertificate, { certificateId, outcome }, { key: `settle:${certificateId}` });
}

/** Whether the table of steps allows it. */
export function mayAdvance(from: CertificateState, to: CertificateState): boolean {
  return (CERTIFICATE_STEPS[from] as readonly CertificateState[]).includes(to);
}

export interface CertificateStep {
  readonly to: CertificateState;
  readonly at: Date;
  readonly actor: string;
}

/**
 * Takes a locked order one step further with its audit row, the job that goes on with it, and the news for its payment. False,
 * and nothing is written, when the table does not allow it: the news is late or has been heard before.
 */
export async function advanceCertificate(
  tx: EntityManager,
  order: CertificateOrder,
  { to, at, actor }: CertificateStep,
  more: Partial<CertificateOrder> = {},
): Promise<boolean> {
  const { id, state: from } = order;
  if (!mayAdvance(from, to)) return false;
  const goesOn = to === 'awaiting_validation' || to === 'issuing';
  const change = { tries: 0, nextTryAt: goesOn ? at : null, ...(goesOn ? {} : { endedAt: at }), ...more, state: to };
  await tx.update(CertificateOrder, { id }, change);
  await recordAudit(tx, { at, actor, action: `certificate.${to}`, subject: id, data: { from, ...reasonOf(more) } });
  if (goesOn) await enqueue(tx, workOnCertificate, { certificateId: id }, { key: certificateJobKey(id) });
  // A payment was made for everything past `awaiting_payment`; who settled it by themselves needs no news.
  if ((to === 'refused' || to === 'canceled') && from !== 'awaiting_payment' && more.problem !== 'PAYMENT_REFUSED')
    await settle(tx, id, to);
  // Whoever has the key could use it all the same: public logs have every certificate a CA issues.
  if (to === 'revoked' || (to === 'refused' && order.certificatePem !== null))
    await enqueue(tx, revokeCertificate, { certificateId: id }, { key: `revoke:${id}` });
  Object.assign(order, change);
  return true;
}

function reasonOf({ problem }: Partial<CertificateOrder>): { problem?: string } {
  return problem ? { problem } : {};
}
