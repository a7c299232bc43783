import type { EntityManager } from 'typeorm';

export interface IssuerRow {
  readonly id: string;
  readonly issuer: string;
  readonly redirect_url: string;
  readonly default_path: string;
  readonly reader_exit_origins: string[];
  readonly max_life_seconds: number;
  readonly instance_id: string | null;
  readonly keys: readonly { readonly kid: string; readonly sealed: string }[];
}

/** The issuer called `issuer` at `store` with its keys; store and name together, so that one store's issuer is nothing to another. */
export async function findIssuer(db: EntityManager, store: string, issuer: string): Promise<IssuerRow | undefined> {
  const rows: IssuerRow[] = await db.query(
    `SELECT i.id, i.issuer, i.redirect_url, i.default_path, i.reader_exit_origins, i.max_life_seconds, i.instance_id,
            (SELECT coalesce(json_agg(json_build_object('kid', k.kid, 'sealed', encode(k.secret_sealed, 'base64'))), '[]')
               FROM external_issuer_keys k WHERE k.issuer_id = i.id) AS keys
       FROM external_issuers i WHERE i.store = $1 AND i.issuer = $2 AND i.disabled_at IS NULL`,
    [store, issuer],
  );
  return rows[0];
}

/** Where signing out of a session that this issuer began leads. */
export async function findLogoutUrl(db: EntityManager, store: string, issuer: string): Promise<string | null> {
  const rows: { logout_url: string | null }[] = await db.query(
    'SELECT logout_url FROM external_issuers WHERE store = $1 AND issuer = $2 AND disabled_at IS NULL',
    [store, issuer],
  );
  return rows[0]?.logout_url ?? null;
}

/** Takes a token id, once: the unique index decides between requests that come at the same time. */
export async function claimTokenId(
  db: EntityManager,
  use: { readonly store: string; readonly issuer: string; readonly jti: string; readonly expiresAt: Date },
): Promise<boolean> {
  const taken: unknown[] = await db.query(
    `INSERT INTO external_token_uses (store, issuer, jti, expires_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING jti`,
    [use.store, use.issuer, use.jti, use.expiresAt],
  );
  return taken.length === 1;
}
