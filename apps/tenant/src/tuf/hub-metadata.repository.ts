import type { EntityManager } from 'typeorm';
import { type HubMetadataFile } from './hub-metadata-tables.entity.js';

/** A verified file by name, with its version. */
export type VerifiedFile = Pick<HubMetadataFile, 'name' | 'version' | 'body'>;

/**
 * Keeps what was verified. Of two look-ups at the same time the older never takes the place of the newer, so what is known only
 * moves forward.
 */
export async function keepVerified(
  tx: EntityManager,
  hubUrl: string,
  rootVersion: number,
  files: readonly VerifiedFile[],
): Promise<void> {
  for (const { name, version, body } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    await tx.query(
      `INSERT INTO hub_metadata_files AS known (hub_url, name, version, root_version, body) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (hub_url, name) DO UPDATE
         SET version = EXCLUDED.version, root_version = EXCLUDED.root_version, body = EXCLUDED.body
       WHERE (EXCLUDED.root_version, EXCLUDED.version) > (known.root_version, known.version)`,
      [hubUrl, name, version, rootVersion, body],
    );
  }
}
