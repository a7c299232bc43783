import { namespaceOf } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { Publisher, PublisherNamespace } from '#accounts';
import { severityOf } from '@hansa/package-checks';
import type { ReleaseOfPackage } from './releases.repository.js';

/**
 * Whether a release may go without a person: nothing worse than a remark was found, publisher and namespace are verified, and
 * nobody asked for two people. Whether the hub does so at all is a setting, off by default.
 */
export async function mayApproveItself(
  tx: EntityManager,
  { release, package: owner }: ReleaseOfPackage,
): Promise<boolean> {
  const worst = severityOf(release.findings);
  if (worst === 'error' || worst === 'warning') return false;
  const namespace = await tx.findOneBy(PublisherNamespace, { namespace: namespaceOf(owner.marketplaceId) });
  const publisher = await tx.findOneByOrFail(Publisher, { id: owner.publisherId });
  return publisher.verifiedAt !== null && namespace?.verifiedAt != null && !publisher.twoPersonReview;
}
