import {
  isAffected,
  type Advisory,
  type AdvisoryRequest,
  type DeprecateRequest,
  type DeprecationNotice,
  type DeprecationState,
} from '@hansa/contracts';
import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { advisoryView, bumpRevision, CatalogIndex, Package, PackageAdvisory } from '#catalog';
import { isOfOperator } from './of-operator.js';
import { ReleaseError } from './releases.errors.js';
import { lockPackage } from './releases.repository.js';
import { announce } from './announce.js';

/** Who says something about a package: its publisher, or an operator (`publisherId` is null). */
export interface Speaker {
  readonly publisherId: string | null;
  readonly actor: string;
}

/** What shops are told about packages they have: that nobody cares for one any more, and what is wrong with which versions. */
@Injectable()
export class NoticesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly index: CatalogIndex,
  ) {}

  /**
   * Deprecates a package, or says something else about why. It stays to be had. The same again changes nothing.
   *
   * @throws {ReleaseError} LISTING_NOT_FOUND, SUCCESSOR_REFUSED, DEPRECATED_BY_OPERATOR
   */
  async deprecate(
    marketplaceId: string,
    { message, successor }: DeprecateRequest,
    by: Speaker,
  ): Promise<DeprecationNotice> {
    const since = await this.change(marketplaceId, by, async (tx, item) => {
      refuseOverruling(item, by);
      const successorId = successor === undefined ? null : await successorOf(tx, item, successor);
      const deprecatedAt = item.deprecatedAt ?? this.clock.now();
      const saved = { deprecatedAt, deprecatedBy: by.actor, deprecationMessage: message, successorId };
      await tx.update(Package, { id: item.id }, saved);
      await this.audit(tx, by, 'package.deprecated', item.id, { successor: successor ?? null });
      return deprecatedAt;
    });
    const said = { marketplace_id: marketplaceId, since: since.toISOString(), message };
    return { ...said, ...(successor === undefined ? {} : { successor }) };
  }

  /** Whether a package is deprecated, and whether by an operator. @throws {ReleaseError} LISTING_NOT_FOUND */
  async deprecationOf(marketplaceId: string, by: Speaker): Promise<DeprecationState> {
    const db = this.dataSource.manager;
    const item = ownedBy(await db.findOneBy(Package, { marketplaceId }), by);
    const { deprecatedAt, deprecatedBy, deprecationMessage, successorId } = item;
    if (!deprecatedAt) return { deprecation: null, by_operator: false };
    const successor = successorId === null ? null : await db.findOneByOrFail(Package, { id: successorId });
    return {
      deprecation: {
        marketplace_id: marketplaceId,
        since: deprecatedAt.toISOString(),
        message: deprecationMessage ?? '',
        ...(successor === null ? {} : { successor: successor.marketplaceId }),
      },
      by_operator: isOfOperator(deprecatedBy),
    };
  }

  /** Takes it back. A package that is not deprecated stays so. @throws {ReleaseError} LISTING_NOT_FOUND, DEPRECATED_BY_OPERATOR */
  async undeprecate(marketplaceId: string, by: Speaker): Promise<void> {
    await this.change(marketplaceId, by, async (tx, item) => {
      refuseOverruling(item, by);
      const none = { deprecatedAt: null, deprecatedBy: null, deprecationMessage: null, successorId: null };
      await tx.update(Package, { id: item.id }, none);
      await this.audit(tx, by, 'package.undeprecated', item.id);
    });
  }

  /**
   * Publishes an advisory: in `updates`, on the product page, and as an event to every shop. The same again while it stands is
   * the one there is.
   *
   * @throws {ReleaseError} LISTING_NOT_FOUND, FIX_IS_AFFECTED
   */
  async publish(marketplaceId: string, request: AdvisoryRequest, by: Speaker): Promise<Advisory> {
    const { affected, fixed_in: fixedIn = null, severity, summary, references = [] } = request;
    if (fixedIn !== null && isAffected({ affected }, fixedIn)) throw new ReleaseError('FIX_IS_AFFECTED');
    return this.change(marketplaceId, by, async (tx, { id: packageId }) => {
      const same = { packageId, affected, summary, fixedIn: fixedIn ?? IsNull(), withdrawnAt: IsNull() };
      const known = await tx.findOneBy(PackageAdvisory, same);
      if (known) return advisoryView(known, marketplaceId);
      const advisory: PackageAdvisory = {
        id: newId('adv'),
        packageId,
        affected,
        fixedIn,
        severity,
        summary,
        referenceUrls: references,
        publishedAt: this.clock.now(),
        publishedBy: by.actor,
        withdrawnAt: null,
        withdrawnReason: null,
      };
      await tx.insert(PackageAdvisory, advisory);
      await this.audit(tx, by, 'advisory.published', advisory.id, { packageId, severity });
      const view = advisoryView(advisory, marketplaceId);
      await announce(tx, advisory.publishedAt, 'advisory.published', view);
      return view;
    });
  }

  /**
   * Says that an advisory was wrong. Withdrawn twice is withdrawn once.
   *
   * @throws {ReleaseError} ADVISORY_NOT_FOUND, ADVISORY_BY_OPERATOR
   */
  async withdraw(id: string, reason: string, by: Speaker): Promise<Advisory> {
    const found = await this.dataSource.manager.findOneBy(PackageAdvisory, { id });
    if (!found) throw new ReleaseError('ADVISORY_NOT_FOUND');
    const { marketplaceId } = await this.dataSource.manager.findOneByOrFail(Package, { id: found.packageId });
    return this.change(marketplaceId, by, async (tx) => {
      const advisory = await tx.findOneByOrFail(PackageAdvisory, { id });
      if (by.publisherId !== null && isOfOperator(advisory.publishedBy)) throw new ReleaseError('ADVISORY_BY_OPERATOR');
      if (advisory.withdrawnAt) return advisoryView(advisory, marketplaceId);
      const withdrawnAt = this.clock.now();
      await tx.update(PackageAdvisory, { id }, { withdrawnAt, withdrawnReason: reason });
      await this.audit(tx, by, 'advisory.withdrawn', id);
      const body = { advisory_id: id, marketplace_id: marketplaceId, withdrawn_at: withdrawnAt.toISOString(), reason };
      await announce(tx, withdrawnAt, 'advisory.withdrawn', body);
      return advisoryView(Object.assign(advisory, { withdrawnAt }), marketplaceId);
    });
  }

  /** The advisories of a package, newest first, withdrawn ones too. @throws {ReleaseError} LISTING_NOT_FOUND */
  async list(marketplaceId: string, by: Speaker): Promise<Advisory[]> {
    const db = this.dataSource.manager;
    const item = ownedBy(await db.findOneBy(Package, { marketplaceId }), by);
    const order = { publishedAt: 'DESC', id: 'ASC' } as const;
    const advisories = await db.find(PackageAdvisory, { where: { packageId: item.id }, order });
    return advisories.map((advisory) => advisoryView(advisory, marketplaceId));
  }

  /** Changes of one package queue up behind its lock; the revision comes last, because everybody shares it. */
  private async change<T>(
    marketplaceId: string,
    by: Speaker,
    work: (tx: EntityManager, item: Package) => Promise<T>,
  ): Promise<T> {
    const result = await inTransaction(this.dataSource, async (tx) => {
      const item = ownedBy(await lockPackage(tx, { marketplaceId }), by);
      const worked = await work(tx, item);
      await bumpRevision(tx, [item.id]);
      return worked;
    });
    await this.index.refresh();
    return result;
  }

  private async audit(
    tx: EntityManager,
    { actor }: Speaker,
    action: string,
    subject: string,
    data = {},
  ): Promise<void> {
    await recordAudit(tx, { at: this.clock.now(), actor, action, subject, data });
  }
}

/** Somebody else's package is answered like one that is not there. */
function ownedBy(item: Package | null, { publisherId }: Speaker): Package {
  if (!item || (publisherId !== null && item.publisherId !== publisherId)) throw new ReleaseError('LISTING_NOT_FOUND');
  return item;
}

function refuseOverruling({ deprecatedBy }: Package, { publisherId }: Speaker): void {
  if (publisherId !== null && isOfOperator(deprecatedBy)) throw new ReleaseError('DEPRECATED_BY_OPERATOR');
}

async function successorOf(tx: EntityManager, item: Package, marketplaceId: string): Promise<string> {
  const successor = await tx.findOneBy(Package, { marketplaceId });
  const isFit = successor?.latestReleaseId != null && successor.deprecatedAt === null && successor.id !== item.id;
  if (!isFit) throw new ReleaseError('SUCCESSOR_REFUSED');
  return successor.id;
}
