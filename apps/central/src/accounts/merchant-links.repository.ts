import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { MerchantRole } from './merchant.entity.js';
import type { NewMerchantSession } from './merchants.repository.js';

/** Whom a link signs in: whoever holds an e-mail address, or whoever administers a shop. */
export type LinkSubject = { readonly email: string } | { readonly instanceId: string };

/** Takes a link away and says whom it signs in: of two requests one gets it. Undefined when it is used, expired or unknown. */
export async function takeLink(tx: EntityManager, tokenHash: Buffer, now: Date): Promise<LinkSubject | undefined> {
  const [rows]: [{ email: string | null; instance_id: string | null }[], number] = await tx.query(
    'DELETE FROM merchant_links WHERE token_hash = $1 AND expires_at > $2 RETURNING email, instance_id',
    [tokenHash, now],
  );
  const [row] = rows;
  if (!row) return undefined;
  return row.email === null ? { instanceId: row.instance_id! } : { email: row.email };
}

export interface FoundAccount {
  readonly id: string;
  readonly email: string;
  readonly isProven: boolean;
  /** Suspended or deleted. */
  readonly isBarred: boolean;
}

interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly is_proven: boolean;
  readonly is_barred: boolean;
}

const ACCOUNT = `a.id, a.email, a.email_proven_at IS NOT NULL AS is_proven,
  (a.suspended_at IS NOT NULL OR a.deleted_at IS NOT NULL) AS is_barred`;

/** The account of an e-mail address, made when there is none, and locked. */
export async function accountOfEmail(
  tx: EntityManager,
  store: string,
  email: string,
  now: Date,
): Promise<FoundAccount> {
  await insertAccount(tx, { id: randomUUID(), store, email, isGenerated: false, now });
  const rows: AccountRow[] = await tx.query(
    `SELECT ${ACCOUNT} FROM merchant_accounts a WHERE a.store = $1 AND a.email = $2 FOR UPDATE`,
    [store, email],
  );
  return foundOf(rows[0]!);
}

/**
 * Marks an e-mail as proven, the first time. Whoever came in under that address before only claimed it: a platform could have
 * laid an account ready for somebody else, so its sessions and its links to platforms end here (account pre-hijacking).
 */
export async function proveEmail(tx: EntityManager, accountId: string, now: Date): Promise<void> {
  await tx.query('DELETE FROM merchant_sessions WHERE account_id = $1', [accountId]);
  await tx.query('DELETE FROM merchant_identities WHERE account_id = $1', [accountId]);
  await tx.query('UPDATE merchant_accounts SET email_proven_at = $2, email_generated = false WHERE id = $1', [
    accountId,
    now,
  ]);
}

/** The account that stands for a shop's own admins, made when there is none. */
export async function accountOfShop(
  tx: EntityManager,
  store: string,
  instanceId: string,
  now: Date,
): Promise<FoundAccount> {
  const email = `${instanceId.toLowerCase()}@no-email.invalid`;
  await insertAccount(tx, { id: randomUUID(), store, email, isGenerated: true, now });
  const rows: AccountRow[] = await tx.query(
    `SELECT ${ACCOUNT} FROM merchant_accounts a WHERE a.store = $1 AND a.email = $2 FOR UPDATE`,
    [store, email],
  );
  return foundOf(rows[0]!);
}

/** Whose session this is, while it lasts. */
export async function accountOfSession(
  tx: EntityManager,
  tokenHash: Buffer,
  now: Date,
): Promise<FoundAccount | undefined> {
  const rows: AccountRow[] = await tx.query(
    `SELECT ${ACCOUNT} FROM merchant_sessions s JOIN merchant_accounts a ON a.id = s.account_id
      WHERE s.token_hash = $1 AND s.expires_at > $2`,
    [tokenHash, now],
  );
  return rows[0] && foundOf(rows[0]);
}

/** Makes an account a live member with at least this role. */
export async function joinShop(
  tx: EntityManager,
  membership: {
    readonly accountId: string;
    readonly instanceId: string;
    readonly role: MerchantRole;
    readonly at: Date;
  },
): Promise<void> {
  const { accountId, instanceId, role, at } = membership;
  await tx.query(
    `INSERT INTO merchant_memberships (account_id, instance_id, role, joined_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, instance_id) DO UPDATE SET role = excluded.role, ended_at = NULL`,
    [accountId, instanceId, role, at],
  );
}

/** Turns the invitations of an address into memberships; one that is a member already keeps its role. */
export async function claimInvitations(tx: EntityManager, account: FoundAccount, now: Date): Promise<void> {
  await tx.query(
    `WITH taken AS (DELETE FROM merchant_invitations WHERE email = $2 RETURNING instance_id, role)
     INSERT INTO merchant_memberships AS m (account_id, instance_id, role, joined_at)
     SELECT $1, instance_id, role, $3 FROM taken
     ON CONFLICT (account_id, instance_id) DO UPDATE SET role = excluded.role, ended_at = NULL WHERE m.ended_at IS NOT NULL`,
    [account.id, account.email, now],
  );
}

/** Opens a session of the hub's own in place of the browser's. */
export async function openSession(tx: EntityManager, accountId: string, session: NewMerchantSession): Promise<void> {
  const { tokenHash, createdAt, expiresAt, previousHash } = session;
  await tx.query('DELETE FROM merchant_sessions WHERE token_hash = $1', [previousHash]);
  await tx.query(
    'INSERT INTO merchant_sessions (token_hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
    [tokenHash, accountId, createdAt, expiresAt],
  );
}

async function insertAccount(
  tx: EntityManager,
  account: { id: string; store: string; email: string; isGenerated: boolean; now: Date },
): Promise<void> {
  const { id, store, email, isGenerated, now } = account;
  await tx.query(
    `INSERT INTO merchant_accounts (id, store, email, email_generated, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (store, email) DO NOTHING`,
    [id, store, email, isGenerated, now],
  );
}

function foundOf({ id, email, is_proven: isProven, is_barred: isBarred }: AccountRow): FoundAccount {
  return { id, email, isProven, isBarred };
}
