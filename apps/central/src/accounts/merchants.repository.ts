import type { EntityManager } from 'typeorm';

/** A person as a platform that the store trusts describes them. */
export interface ExternalArrival {
  readonly store: string;
  readonly issuer: string;
  /** The platform's id of the person, exactly as it was sent. */
  readonly uuid: string;
  /** Lower case. */
  readonly email: string | null;
  readonly pictureUrl: string | null;
  readonly acceptsTerms: boolean;
  /** The shop whose people this platform sends. */
  readonly instanceId: string | null;
  readonly readerExitUrl: string | null;
}

export interface NewMerchantSession {
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The session this browser had until now; it ends whoever's it was (session fixation). */
  readonly previousHash: Buffer | null;
}

export interface ArrivalFindings {
  /** Null for somebody the store has not met. */
  readonly account_id: string | null;
  /** Suspended, deleted, or with a role that sign-in from elsewhere never carries. */
  readonly barred: boolean;
  /** The e-mail belongs to another merchant or to an operator. */
  readonly email_taken: boolean;
  /** Whose session this browser has. */
  readonly previous_account_id: string | null;
}

const HAS_PRIVILEGED_ROLE = `EXISTS (SELECT 1 FROM merchant_memberships m
  WHERE m.account_id = a.id AND m.ended_at IS NULL AND m.role <> 'member')`;

/** Everything that decides whether and as whom a person from elsewhere comes in, in one statement. */
export async function findArrival(
  db: EntityManager,
  { store, issuer, uuid, email }: ExternalArrival,
  { previousHash, createdAt }: NewMerchantSession,
): Promise<ArrivalFindings> {
  const rows: ArrivalFindings[] = await db.query(
    `SELECT i.account_id,
            a.suspended_at IS NOT NULL OR a.deleted_at IS NOT NULL OR ${HAS_PRIVILEGED_ROLE} AS barred,
            EXISTS (SELECT 1 FROM merchant_accounts o
                     WHERE o.store = $1 AND o.email = $4 AND o.id IS DISTINCT FROM i.account_id)
              OR EXISTS (SELECT 1 FROM accounts o WHERE o.email = $4) AS email_taken,
            s.account_id AS previous_account_id
       FROM (SELECT 1) AS one
       LEFT JOIN merchant_identities i ON i.store = $1 AND i.issuer = $2 AND i.external_uuid = $3
       LEFT JOIN merchant_accounts a ON a.id = i.account_id
       LEFT JOIN merchant_sessions s ON s.token_hash = $5 AND s.expires_at > $6`,
    [store, issuer, uuid, email, previousHash, createdAt],
  );
  return rows[0]!;
}

/** Ends the browser's session and opens one for `$account`; the shop's membership comes with it, one that was ended stays ended. */
const OPEN_SESSION = `
  ended AS (DELETE FROM merchant_sessions WHERE token_hash = $1),
  joined AS (INSERT INTO merchant_memberships (account_id, instance_id, role, joined_at)
    SELECT $2::uuid, $7::text, 'member', $5::timestamptz WHERE $7::text IS NOT NULL ON CONFLICT DO NOTHING)
  INSERT INTO merchant_sessions (account_id, token_hash, issuer, created_at, expires_at, reader_exit_url)
  VALUES ($2::uuid, $3, $4::text, $5::timestamptz, $6, $8)`;

function sessionValues(accountId: string, arrival: ExternalArrival, session: NewMerchantSession): unknown[] {
  const { previousHash, tokenHash, createdAt, expiresAt } = session;
  return [
    previousHash,
    accountId,
    tokenHash,
    arrival.issuer,
    createdAt,
    expiresAt,
    arrival.instanceId,
    arrival.readerExitUrl,
  ];
}

/** Brings a known account up to date (`email` null leaves its e-mail alone) and opens its session, in one statement. */
export async function welcomeBack(
  db: EntityManager,
  accountId: string,
  arrival: ExternalArrival,
  session: NewMerchantSession,
): Promise<void> {
  await db.query(
    `WITH refreshed AS (UPDATE merchant_accounts
       SET email = coalesce($9::text, email), email_generated = email_generated AND $9::text IS NULL,
           picture_url = coalesce($10, picture_url),
           terms_accepted_at = coalesce(terms_accepted_at, CASE WHEN $11::boolean THEN $5::timestamptz END)
       WHERE id = $2::uuid),
     ${OPEN_SESSION}`,
    [...sessionValues(accountId, arrival, session), arrival.email, arrival.pictureUrl, arrival.acceptsTerms],
  );
}

/** Makes the account of a person the store has not met, and opens its session, in one statement with its audit row. */
export async function provision(
  db: EntityManager,
  accountId: string,
  arrival: ExternalArrival,
  session: NewMerchantSession,
): Promise<void> {
  const { store, uuid, email, pictureUrl, acceptsTerms } = arrival;
  const address = email ?? `${accountId}@no-email.invalid`;
  await db.query(
    `WITH account AS (INSERT INTO merchant_accounts
       (id, store, email, email_generated, picture_url, terms_accepted_at, created_at)
       VALUES ($2::uuid, $9::text, $10, $11, $12, CASE WHEN $13::boolean THEN $5::timestamptz END, $5::timestamptz)),
     identity AS (INSERT INTO merchant_identities (store, issuer, external_uuid, account_id, linked_at)
       VALUES ($9::text, $4::text, $14, $2::uuid, $5::timestamptz)),
     audited AS (INSERT INTO audit_entries (at, actor, action, subject, data)
       VALUES ($5::timestamptz, 'issuer:' || $4::text, 'merchant.provisioned', $2::uuid::text, '{}')),
     ${OPEN_SESSION}`,
    [...sessionValues(accountId, arrival, session), store, address, email === null, pictureUrl, acceptsTerms, uuid],
  );
}

export interface SignedInRow {
  readonly account_id: string;
  readonly email: string;
  readonly email_generated: boolean;
  readonly email_proven: boolean;
  readonly picture_url: string | null;
  readonly issuer: string | null;
  readonly reader_exit_url: string | null;
}

/**
 * The account of a live session. One that began elsewhere does not carry a privileged role that the account was given since:
 * it ends there.
 */
export async function findSignedIn(db: EntityManager, tokenHash: Buffer, now: Date): Promise<SignedInRow | undefined> {
  const rows: SignedInRow[] = await db.query(
    `SELECT a.id AS account_id, a.email, a.email_generated, a.email_proven_at IS NOT NULL AS email_proven, a.picture_url, s.issuer, s.reader_exit_url
       FROM merchant_sessions s JOIN merchant_accounts a ON a.id = s.account_id
      WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.suspended_at IS NULL AND a.deleted_at IS NULL
        AND (s.issuer IS NULL OR NOT ${HAS_PRIVILEGED_ROLE})`,
    [tokenHash, now],
  );
  return rows[0];
}
