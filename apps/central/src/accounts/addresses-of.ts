import type { EntityManager } from 'typeorm';

/** Where letters about a publisher's releases go: everybody who may publish, by address. */
export async function addressesOf(tx: EntityManager, publisherId: string): Promise<string[]> {
  const rows = await tx.query<{ email: string }[]>(
    `SELECT a.email FROM publisher_members m JOIN accounts a ON a.id = m.account_id
      WHERE m.publisher_id = $1 AND m.role <> 'viewer' AND a.disabled_at IS NULL ORDER BY a.email`,
    [publisherId],
  );
  return rows.map(({ email }) => email);
}
