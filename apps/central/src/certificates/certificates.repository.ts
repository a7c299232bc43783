import { IsNull, type EntityManager } from 'typeorm';
import { CertificateName, CertificateOrder } from './certificate-order.entity.js';

/** Locks an ordered certificate: jobs, payments and cancellations that come at once go one after the other. */
export function lockCertificate(tx: EntityManager, id: string): Promise<CertificateOrder | null> {
  return tx.findOne(CertificateOrder, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

export function listNames(db: EntityManager, orderId: string): Promise<CertificateName[]> {
  return db.find(CertificateName, { where: { orderId }, order: { name: 'ASC' } });
}

/** Writes what the hub found when it looked for the proof of a name. A proof that was seen stays seen. */
export async function noteName(
  tx: EntityManager,
  { orderId, name }: CertificateName,
  problem: string | null,
  at: Date,
): Promise<void> {
  const found = problem === null ? { provenAt: at, problem } : { problem };
  await tx.update(CertificateName, { orderId, name, provenAt: IsNull() }, found);
}

/** Certificates whose next try is overdue and that no job comes for. */
export async function findForgotten(tx: EntityManager, overdue: Date, limit: number): Promise<string[]> {
  const rows: { id: string }[] = await tx.query(
    `SELECT id FROM certificate_orders o WHERE next_try_at < $1
        AND NOT EXISTS (SELECT 1 FROM graphile_worker.jobs j WHERE j.key = 'certificate:' || o.id)
      ORDER BY next_try_at LIMIT $2`,
    [overdue, limit],
  );
  return rows.map(({ id }) => id);
}

/** Forgets certificates and requests that were kept as long as was promised; who ordered what, and when, stays. */
export async function forgetPems(tx: EntityManager, endedBefore: Date): Promise<void> {
  await tx.query(
    `UPDATE certificate_orders SET certificate_pem = NULL, csr_pem = '', issuer_order = NULL
      WHERE ended_at < $1 AND csr_pem <> ''`,
    [endedBefore],
  );
}
