import { In, IsNull, Not, type EntityManager } from 'typeorm';
import { namespaceOfVendor, vendorOf } from './package-prefix.js';
import { PackageToken, PackageTokenEntitlement } from './package-token.entity.js';

/** A token with what its use has counted. */
export interface PackageTokenRow {
  readonly id: string;
  readonly description: string;
  readonly rate_limit_max: number;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly requests: string | null;
  readonly downloads: string | null;
}

const ROW = `t.id, t.description, t.rate_limit_max, t.created_at, t.expires_at, t.revoked_at,
  u.last_used_at, u.requests, u.downloads FROM package_tokens t LEFT JOIN package_token_usage u ON u.token_id = t.id`;

/** Most tokens one list shows. */
const MAX_LISTED = 1_000;

/** Tokens of an issuer that are not revoked, newest first; of one customer when `customerId` is given. */
export function listPackageTokens(
  db: EntityManager,
  issuer: string,
  customerId: string | null,
): Promise<PackageTokenRow[]> {
  return db.query(
    `SELECT ${ROW} WHERE t.issuer = $1 AND t.revoked_at IS NULL AND ($2::text IS NULL OR t.customer_id = $2)
      ORDER BY t.created_at DESC, t.id DESC LIMIT ${MAX_LISTED}`,
    [issuer, customerId],
  );
}

/** One token of an issuer, revoked or not. */
export async function findPackageToken(
  db: EntityManager,
  issuer: string,
  id: string,
): Promise<PackageTokenRow | undefined> {
  const rows = await db.query<PackageTokenRow[]>(`SELECT ${ROW} WHERE t.issuer = $1 AND t.id = $2`, [issuer, id]);
  return rows[0];
}

/** Locks a token of an issuer: changes of one token queue up. */
export function lockPackageToken(tx: EntityManager, issuer: string, id: string): Promise<PackageToken | null> {
  return tx.findOne(PackageToken, { where: { issuer, id }, lock: { mode: 'pessimistic_write' } });
}

/** Locks the newest token a customer can still use. */
export function lockTokenOfCustomer(
  tx: EntityManager,
  issuer: string,
  customerId: string,
): Promise<PackageToken | null> {
  return tx.findOne(PackageToken, {
    where: { issuer, customerId, revokedAt: IsNull() },
    order: { createdAt: 'DESC', id: 'DESC' },
    lock: { mode: 'pessimistic_write' },
  });
}

/** Makes purchases of one customer queue up, also when there is no token of his to lock yet. */
export async function lockCustomer(tx: EntityManager, issuer: string, customerId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`package-token ${issuer} ${customerId}`]);
}

/** Notes that the token of an order is `tokenId`, or gives back the token the order has already. */
export async function claimOrder(
  tx: EntityManager,
  claim: { issuer: string; orderId: string; tokenId: string },
): Promise<string | undefined> {
  const { issuer, orderId, tokenId } = claim;
  const made = await tx.query<object[]>(
    'INSERT INTO package_token_orders (issuer, order_id, token_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1',
    [issuer, orderId, tokenId],
  );
  return made.length > 0 ? undefined : findTokenOfOrder(tx, issuer, orderId);
}

/** The token an order made or extended. */
export async function findTokenOfOrder(
  tx: EntityManager,
  issuer: string,
  orderId: string,
): Promise<string | undefined> {
  const rows = await tx.query<{ token_id: string }[]>(
    'SELECT token_id FROM package_token_orders WHERE issuer = $1 AND order_id = $2',
    [issuer, orderId],
  );
  return rows[0]?.token_id;
}

/** Points an order that was claimed in this transaction at the token it extends. */
export async function moveOrder(tx: EntityManager, issuer: string, orderId: string, tokenId: string): Promise<void> {
  await tx.query('UPDATE package_token_orders SET token_id = $3 WHERE issuer = $1 AND order_id = $2', [
    issuer,
    orderId,
    tokenId,
  ]);
}

export interface NewRights {
  readonly tokenId: string;
  readonly prefixes: readonly string[];
  readonly orderId?: string | null | undefined;
  readonly expiresAt: Date | null;
  readonly now: Date;
}

/** Gives a token a right for each of these prefixes. */
export async function addEntitlements(tx: EntityManager, rights: NewRights): Promise<void> {
  const { tokenId, orderId = null, expiresAt, now } = rights;
  const rest = { tokenId, exact: false, orderId, licenseId: null, updatesUntil: null };
  const rows = [...new Set(rights.prefixes)].map((prefix) => ({ ...rest, prefix, expiresAt, createdAt: now }));
  if (rows.length > 0) await tx.insert(PackageTokenEntitlement, rows);
}

/**
 * Makes the rights of a token that no license brought exactly these prefixes. Those that stay are left alone; fresh ones come with
 * the order of the token when it has just one.
 */
export async function replacePrefixes(tx: EntityManager, rights: Omit<NewRights, 'orderId'>): Promise<void> {
  const { tokenId, prefixes } = rights;
  const own = { tokenId, licenseId: IsNull() };
  await tx.delete(PackageTokenEntitlement, { ...own, prefix: Not(In([...prefixes])) });
  const kept = new Set((await tx.findBy(PackageTokenEntitlement, own)).map(({ prefix }) => prefix));
  const orders = await tx.query<{ order_id: string }[]>(
    'SELECT order_id FROM package_token_orders WHERE token_id = $1 LIMIT 2',
    [tokenId],
  );
  const orderId = orders.length === 1 ? orders[0]!.order_id : null;
  await addEntitlements(tx, { ...rights, prefixes: prefixes.filter((prefix) => !kept.has(prefix)), orderId });
}

/** Prefixes among these whose vendor does not belong to the publisher. */
export async function findForeignPrefixes(
  db: EntityManager,
  publisherId: string,
  prefixes: readonly string[],
): Promise<string[]> {
  const rows = await db.query<{ namespace: string }[]>(
    'SELECT namespace FROM publisher_namespaces WHERE publisher_id = $1',
    [publisherId],
  );
  const own = new Set(rows.map(({ namespace }) => namespace));
  return prefixes.filter((prefix) => !own.has(namespaceOfVendor(vendorOf(prefix))));
}

export interface CustomerRow {
  readonly customer_id: string;
  readonly customer_email: string | null;
  readonly tokens: number;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

/** Customers an issuer sold tokens to, by their id. */
export function listCustomers(
  db: EntityManager,
  issuer: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<CustomerRow[]> {
  return db.query(
    `SELECT t.customer_id, (array_agg(t.customer_email ORDER BY t.created_at DESC))[1] AS customer_email,
            (count(*) FILTER (WHERE t.revoked_at IS NULL))::int AS tokens, min(t.created_at) AS created_at,
            max(u.last_used_at) AS last_used_at
       FROM package_tokens t LEFT JOIN package_token_usage u ON u.token_id = t.id
      WHERE t.issuer = $1 AND t.customer_id IS NOT NULL
      GROUP BY t.customer_id ORDER BY t.customer_id LIMIT $2 OFFSET $3`,
    [issuer, limit, offset],
  );
}

/** How many customers `listCustomers` has in all. */
export async function countCustomers(db: EntityManager, issuer: string): Promise<number> {
  const rows = await db.query<{ count: number }[]>(
    'SELECT count(DISTINCT customer_id)::int AS count FROM package_tokens WHERE issuer = $1',
    [issuer],
  );
  return rows[0]!.count;
}
