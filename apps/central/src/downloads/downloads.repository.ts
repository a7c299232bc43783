import type { LicenseKind } from '@hansa/contracts';
import type { Pool } from 'pg';

export interface DownloadRow {
  readonly package_id: string;
  readonly license_kind: LicenseKind;
  readonly version: string;
  readonly status: 'published' | 'yanked';
  readonly sha256: string;
  readonly size_bytes: number;
  readonly published_at: Date;
  readonly signature: string;
  readonly public_jwk: Record<string, unknown>;
}

const SQL = `
  SELECT p.id AS package_id, p.license_kind, r.version, r.status, r.sha256, r.size_bytes, r.published_at, r.signature, keys.public_jwk
    FROM packages p
    JOIN releases r ON r.package_id = p.id AND r.status IN ('published', 'yanked')
    JOIN publisher_keys keys ON keys.kid = r.key_kid
   WHERE p.marketplace_id = $1 AND CASE WHEN $2 = 'latest' THEN r.id = p.latest_release_id ELSE r.version = $2 END`;

/** The release a shop may ask for: published now or once. Undefined when shops never saw it. */
export async function findDownload(
  pool: Pool,
  marketplaceId: string,
  version: string,
): Promise<DownloadRow | undefined> {
  const { rows } = await pool.query<DownloadRow>({
    name: 'find-download',
    text: SQL,
    values: [marketplaceId, version],
  });
  return rows[0];
}
