import { namespaceOf, type ReleaseStatus } from '@hansa/contracts';
import { Clock, enqueue, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Publisher, PublisherNamespace } from '#accounts';
import { recordAudit } from '#audit';
import { CatalogIndex, Release } from '#catalog';
import { Mails } from '#mail';
import { advance, type Step } from './advance.js';
import { publishRelease } from './publish-release.job.js';
import { ReleaseError } from './releases.errors.js';
import { listReleases, lockRelease, type ReleaseChoice, type ReleaseOfPackage } from './releases.repository.js';
import { ReleaseApproval } from './review.entity.js';

/** A reviewer who went home does not hold a release for ever. */
const CLAIM_HOURS = 24;
const UNCLAIMED = { claimedBy: null, claimedAt: null };

/** What operators decide about releases. Every method throws {ReleaseError} RELEASE_NOT_FOUND or STEP_NOT_ALLOWED. */
@Injectable()
export class ReviewReleaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly index: CatalogIndex,
    private readonly mails: Mails,
  ) {}

  /** Releases in a state, longest waiting first; those of one package latest first. */
  async list(which: ReleaseChoice, page: { limit: number; offset: number }) {
    return listReleases(this.dataSource.manager, which, page);
  }

  /** Takes a release out of the queue for a day, or keeps it. @throws {ReleaseError} CLAIMED_BY_OTHER */
  async claim(id: string, actor: string): Promise<ReleaseOfPackage> {
    return inTransaction(this.dataSource, async (tx) => {
      const found = await lockRelease(tx, id);
      this.refuseOthers(found.release, actor);
      if (found.release.status !== 'in_review')
        throw new ReleaseError('STEP_NOT_ALLOWED', { status: found.release.status });
      const claim = { claimedBy: actor, claimedAt: this.clock.now() };
      await tx.update(Release, { id }, claim);
      await recordAudit(tx, { at: claim.claimedAt, actor, action: 'release.claimed', subject: id });
      return { ...found, release: Object.assign(found.release, claim) };
    });
  }

  /** Puts a release back into the queue. One that nobody holds stays there. @throws {ReleaseError} CLAIMED_BY_OTHER */
  async unclaim(id: string, actor: string): Promise<ReleaseOfPackage> {
    return inTransaction(this.dataSource, async (tx) => {
      const found = await lockRelease(tx, id);
      this.refuseOthers(found.release, actor);
      await tx.update(Release, { id }, UNCLAIMED);
      return { ...found, release: Object.assign(found.release, UNCLAIMED) };
    });
  }

  /**
   * Approves; a job publishes. A publisher under the two-person rule needs a second operator: the first yes is kept, and the
   * release goes back into the queue.
   *
   * @throws {ReleaseError} CLAIMED_BY_OTHER, NAMESPACE_UNVERIFIED, APPROVED_BY_YOU
   */
  async approve(id: string, note: string | null, actor: string): Promise<ReleaseOfPackage> {
    const approved = await inTransaction(this.dataSource, async (tx) => {
      const found = await lockRelease(tx, id);
      const { release, package: owner } = found;
      this.refuseOthers(release, actor);
      if (release.status !== 'in_review') throw new ReleaseError('STEP_NOT_ALLOWED', { status: release.status });
      const namespace = await tx.findOneBy(PublisherNamespace, { namespace: namespaceOf(owner.marketplaceId) });
      if (!namespace?.verifiedAt) throw new ReleaseError('NAMESPACE_UNVERIFIED');
      if (await this.isFirstOfTwo(tx, found, actor)) return found;
      await enqueue(tx, publishRelease, { releaseId: id });
      const changes = { ...UNCLAIMED, reviewNote: note };
      await advance(tx, this.mails, release, 'approved', { actor, at: this.clock.now(), changes });
      return found;
    });
    await this.index.refresh();
    return approved;
  }

  /** Refuses for good: the version is used up. @throws {ReleaseError} CLAIMED_BY_OTHER */
  async reject(id: string, note: string, actor: string): Promise<ReleaseOfPackage> {
    return this.step(id, 'rejected', actor, { ...UNCLAIMED, reviewNote: note }, ({ release }) =>
      this.refuseOthers(release, actor),
    );
  }

  /** Hands the release back; it returns when the publisher submits it again. @throws {ReleaseError} CLAIMED_BY_OTHER */
  async requestChanges(id: string, note: string, actor: string): Promise<ReleaseOfPackage> {
    const changes = { ...UNCLAIMED, reviewNote: note };
    return this.step(id, 'changes_requested', actor, changes, ({ release }) => this.refuseOthers(release, actor));
  }

  /** Takes a published release away from shops that do not have it. */
  async yank(id: string, reason: string, actor: string): Promise<ReleaseOfPackage> {
    return this.step(id, 'yanked', actor, { yankedAt: this.clock.now(), yankedReason: reason, yankedBy: actor });
  }

  /** Brings a yanked release back. */
  async unyank(id: string, actor: string): Promise<ReleaseOfPackage> {
    const changes = { yankedAt: null, yankedReason: null, yankedBy: null };
    return this.step(id, 'published', actor, changes, ({ release }) => refuseUnlessYanked(release));
  }

  /** The same by the publisher. @throws {ReleaseError} RELEASE_NOT_FOUND for somebody else's */
  async yankOwn(publisherId: string, id: string, reason: string, actor: string): Promise<ReleaseOfPackage> {
    const changes = { yankedAt: this.clock.now(), yankedReason: reason, yankedBy: actor };
    return this.step(id, 'yanked', actor, changes, (found) => refuseStrangers(found, publisherId));
  }

  /** What an operator yanked, the publisher cannot bring back. @throws {ReleaseError} YANKED_BY_OPERATOR */
  async unyankOwn(publisherId: string, id: string, actor: string): Promise<ReleaseOfPackage> {
    const changes = { yankedAt: null, yankedReason: null, yankedBy: null };
    return this.step(id, 'published', actor, changes, (found) => {
      refuseStrangers(found, publisherId);
      refuseUnlessYanked(found.release);
      if (found.release.yankedBy?.startsWith('operator:')) throw new ReleaseError('YANKED_BY_OPERATOR');
    });
  }

  /** Keeps this operator's yes, and says whether another one is needed. The release is locked: two at once are two. */
  private async isFirstOfTwo(tx: EntityManager, found: ReleaseOfPackage, actor: string): Promise<boolean> {
    const { release, package: owner } = found;
    const publisher = await tx.findOneByOrFail(Publisher, { id: owner.publisherId });
    const key = { releaseId: release.id, round: release.checkRound };
    const earlier = await tx.findBy(ReleaseApproval, key);
    if (earlier.some(({ operator }) => operator === actor)) throw new ReleaseError('APPROVED_BY_YOU');
    const approvedAt = this.clock.now();
    await tx.insert(ReleaseApproval, { ...key, operator: actor, approvedAt });
    if (!publisher.twoPersonReview || earlier.length > 0) return false;
    await tx.update(Release, { id: release.id }, UNCLAIMED);
    Object.assign(release, UNCLAIMED);
    await recordAudit(tx, { at: approvedAt, actor, action: 'release.approved_once', subject: release.id });
    return true;
  }

  private refuseOthers({ claimedBy, claimedAt }: Release, actor: string): void {
    if (claimedBy === null || claimedAt === null || claimedBy === actor) return;
    const endsAt = claimedAt.getTime() + CLAIM_HOURS * 3_600_000;
    if (endsAt > this.clock.now().getTime()) throw new ReleaseError('CLAIMED_BY_OTHER');
  }

  private async step(
    id: string,
    to: ReleaseStatus,
    actor: string,
    changes: Step['changes'] & object,
    before: (found: ReleaseOfPackage) => void = () => undefined,
  ): Promise<ReleaseOfPackage> {
    const stepped = await inTransaction(this.dataSource, async (tx) => {
      const found = await lockRelease(tx, id);
      before(found);
      await advance(tx, this.mails, found.release, to, { actor, at: this.clock.now(), changes });
      return found;
    });
    await this.index.refresh();
    return stepped;
  }
}

/** `approved` leads to `published` too, and that is the job's step. */
function refuseUnlessYanked({ status }: Release): void {
  if (status !== 'yanked') throw new ReleaseError('STEP_NOT_ALLOWED', { status });
}

function refuseStrangers({ package: owner }: ReleaseOfPackage, publisherId: string): void {
  if (owner.publisherId !== publisherId) throw new ReleaseError('RELEASE_NOT_FOUND');
}
