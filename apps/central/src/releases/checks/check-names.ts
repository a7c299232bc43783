import { namespaceOf, type ReleaseFinding } from '@hansa/contracts';
import { looksLike } from '@hansa/package-checks';
import type { EntityManager } from 'typeorm';
import type { Package } from '#catalog';

/** Names this much longer or shorter cannot look alike (`rn` is read as `m`). */
const LENGTH_SLACK = 6;

/**
 * Whether a package that was never published could be taken for somebody else's: name squatting. Such a release waits for a
 * person, whatever else was found.
 */
export async function checkNames(db: EntityManager, candidate: Package): Promise<ReleaseFinding[]> {
  if (candidate.firstPublishedAt !== null) return [];
  const vendor = namespaceOf(candidate.marketplaceId);
  const name = candidate.marketplaceId.slice(vendor.length + 1);
  const others = await db.query<{ marketplace_id: string }[]>(
    `SELECT marketplace_id FROM packages
      WHERE publisher_id <> $1 AND first_published_at IS NOT NULL
        AND abs(length(split_part(marketplace_id, '/', 2)) - $2) <= $3`,
    [candidate.publisherId, name.length, LENGTH_SLACK],
  );
  return others
    .filter(({ marketplace_id: other }) => {
      const otherVendor = namespaceOf(other);
      return looksLike(name, other.slice(otherVendor.length + 1)) || looksLike(vendor, otherVendor);
    })
    .map(({ marketplace_id: other }) => ({
      check: 'names',
      severity: 'warning',
      message: `could be taken for ${other}`,
      advice: 'Tell the reviewer what it has to do with it, or choose another name.',
    }));
}
