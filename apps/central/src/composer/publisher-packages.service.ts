import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { isConstraint } from './composer-constraint.js';
import { ComposerError } from './composer.errors.js';
import { ComposerAdvisory, ComposerPackage } from './composer-package.entity.js';

export interface NewAdvisory {
  readonly packageName: string;
  readonly title: string;
  readonly affectedVersions: string;
  readonly cve: string | null;
  readonly link: string | null;
}

/** What publishers say about their Composer packages beside the versions. */
@Injectable()
export class PublisherPackagesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Ties a package to the listing it is sold as: licenses of the listing open the package. Null unties it.
   *
   * @throws {ComposerError} COMPOSER_PACKAGE_NOT_FOUND or LISTING_NOT_FOUND
   */
  async sellAs(publisherId: string, packageName: string, marketplaceId: string | null): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      await requireOwn(tx, publisherId, packageName);
      const listingId = marketplaceId === null ? null : await findListing(tx, publisherId, marketplaceId);
      await tx.update(ComposerPackage, { name: packageName }, { listingId });
      const actor = `publisher:${publisherId}`;
      const data = { listingId };
      await recordAudit(tx, { at: now, actor, action: 'composer_package.listed', subject: packageName, data });
    });
  }

  /** Warns of a weakness. @throws {ComposerError} COMPOSER_PACKAGE_NOT_FOUND or CONSTRAINT_INVALID */
  async advise(publisherId: string, advisory: NewAdvisory): Promise<string> {
    if (!isConstraint(advisory.affectedVersions)) throw new ComposerError('CONSTRAINT_INVALID');
    const now = this.clock.now();
    return inTransaction(this.dataSource, async (tx) => {
      await requireOwn(tx, publisherId, advisory.packageName);
      const id = newId('evt').replace('evt_', 'HSA-');
      await tx.insert(ComposerAdvisory, { id, ...advisory, reportedAt: now, withdrawnAt: null });
      const actor = `publisher:${publisherId}`;
      const data = { package: advisory.packageName };
      await recordAudit(tx, { at: now, actor, action: 'composer_advisory.published', subject: id, data });
      return id;
    });
  }

  /** Takes a warning back. Taking it back again changes nothing. @throws {ComposerError} ADVISORY_NOT_FOUND */
  async withdraw(publisherId: string, id: string): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      const advisory = await tx.findOneBy(ComposerAdvisory, { id });
      const own = advisory && (await tx.existsBy(ComposerPackage, { name: advisory.packageName, publisherId }));
      if (!own) throw new ComposerError('ADVISORY_NOT_FOUND');
      const { affected } = await tx.update(ComposerAdvisory, { id, withdrawnAt: IsNull() }, { withdrawnAt: now });
      if (affected === 0) return;
      const actor = `publisher:${publisherId}`;
      await recordAudit(tx, { at: now, actor, action: 'composer_advisory.withdrawn', subject: id });
    });
  }

  /** The publisher's packages, by name. */
  async list(publisherId: string): Promise<ComposerPackage[]> {
    return this.dataSource.manager.find(ComposerPackage, {
      where: { publisherId },
      order: { name: 'ASC' },
      take: 1_000,
    });
  }
}

async function requireOwn(tx: EntityManager, publisherId: string, name: string): Promise<void> {
  const own = await tx.findOne(ComposerPackage, { where: { name, publisherId }, lock: { mode: 'pessimistic_write' } });
  if (!own) throw new ComposerError('COMPOSER_PACKAGE_NOT_FOUND');
}

async function findListing(tx: EntityManager, publisherId: string, marketplaceId: string): Promise<string> {
  const [listing] = await tx.query<{ id: string }[]>(
    'SELECT id FROM packages WHERE marketplace_id = $1 AND publisher_id = $2',
    [marketplaceId, publisherId],
  );
  if (!listing) throw new ComposerError('LISTING_NOT_FOUND');
  return listing.id;
}
