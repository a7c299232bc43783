import { createHash } from 'node:crypto';
import type { ReportOutcomeRequest, RolloutView } from '@hansa/contracts';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CatalogIndex, Release, semverSortKey, settleLatest } from '#catalog';
import { CentralConfig } from '#config';
import { Mails } from '#mail';
import { tellPublisher } from './advance.js';
import { isOfOperator } from './of-operator.js';
import { ReleaseError } from './releases.errors.js';
import { findRelease, lockPackage, lockRelease, type ReleaseOfPackage } from './releases.repository.js';
import { tooManyFail } from './rollout-rule.js';

/**
 * One report an instance and release. Those of instances that came after the release are kept and not counted: nobody can
 * register shops to halt somebody else's rollout.
 */
const REPORT_SQL = `
  INSERT INTO release_outcomes (release_id, reporter, outcome, counted, reported_at)
  SELECT $1, $2, $3, i.environment = 'production' AND i.registered_at < $4, $5 FROM instances i WHERE i.id = $6
  ON CONFLICT (release_id, reporter) DO UPDATE SET outcome = excluded.outcome, reported_at = excluded.reported_at`;
const COUNT_SQL = `
  SELECT count(*)::int AS reports, count(*) FILTER (WHERE outcome IN ('failed', 'rolled_back'))::int AS failures
    FROM release_outcomes WHERE release_id = $1 AND counted`;

interface OutcomeCounts {
  readonly reports: number;
  readonly failures: number;
}

/** How many shops get a release, and when no more do. */
@Injectable()
export class RolloutsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly mails: Mails,
    private readonly index: CatalogIndex,
  ) {}

  /**
   * Sets how many percent of the shops are offered a release, and ends a halt. What shops were offered is not taken back: once
   * published, the percent only rises. What an operator halted goes on when an operator says so. `publisherId` is null for
   * operators.
   *
   * @throws {ReleaseError} RELEASE_NOT_FOUND, ROLLOUT_LOWERED, STEP_NOT_ALLOWED, HALTED_BY_OPERATOR
   */
  async set(id: string, percent: number, publisherId: string | null, actor: string): Promise<ReleaseOfPackage> {
    return this.change(id, async (tx, found) => {
      const { release } = ownedBy(found, publisherId);
      if (release.status === 'rejected' || release.status === 'yanked')
        throw new ReleaseError('STEP_NOT_ALLOWED', { status: release.status });
      if (release.status === 'published' && percent < release.rolloutPercent) throw new ReleaseError('ROLLOUT_LOWERED');
      if (publisherId !== null && isOfOperator(release.rolloutHaltedBy)) throw new ReleaseError('HALTED_BY_OPERATOR');
      const goesOn = { rolloutHaltedAt: null, rolloutHaltReason: null, rolloutHaltedBy: null };
      await this.save(tx, release, { rolloutPercent: percent, ...goesOn });
      await recordAudit(tx, { at: this.clock.now(), actor, action: 'rollout.set', subject: id, data: { percent } });
    });
  }

  /**
   * Offers a release to no more shops; the one before it is offered instead. Halting again changes nothing, unless an operator
   * halts what is not his to let go on otherwise. `publisherId` is null for operators.
   *
   * @throws {ReleaseError} RELEASE_NOT_FOUND, STEP_NOT_ALLOWED
   */
  async halt(id: string, reason: string, publisherId: string | null, actor: string): Promise<ReleaseOfPackage> {
    return this.change(id, async (tx, found) => {
      await this.haltLocked(tx, ownedBy(found, publisherId).release, reason, actor);
    });
  }

  /** How far a rollout is, and what shops reported. `publisherId` is null for operators. @throws {ReleaseError} RELEASE_NOT_FOUND */
  async read(id: string, publisherId: string | null): Promise<RolloutView> {
    const db = this.dataSource.manager;
    const { release } = ownedBy(await findRelease(db, id), publisherId);
    const [counts] = await db.query<OutcomeCounts[]>(COUNT_SQL, [id]);
    const { rolloutPercent: percent, rolloutHaltedAt, rolloutHaltReason, rolloutHaltedBy } = release;
    return {
      percent,
      halted_at: rolloutHaltedAt?.toISOString() ?? null,
      halt_reason: rolloutHaltReason,
      halted_by_operator: isOfOperator(rolloutHaltedBy),
      ...counts!,
    };
  }

  /**
   * Takes how an installation ended, and halts the rollout when too many failed. The same report again changes nothing.
   *
   * @throws {ReleaseError} RELEASE_NOT_FOUND
   */
  async report(instanceId: string, { marketplace_id, version, outcome }: ReportOutcomeRequest): Promise<void> {
    const halted = await inTransaction(this.dataSource, async (tx) => {
      // Locked: of two reports that reach the threshold together, one halts.
      const owner = await lockPackage(tx, { marketplaceId: marketplace_id });
      const release =
        owner && (await tx.findOneBy(Release, { packageId: owner.id, versionKey: semverSortKey(version) }));
      if (!release?.publishedAt) throw new ReleaseError('RELEASE_NOT_FOUND');
      const now = this.clock.now();
      // Not the instance's id: what a shop installed is not written down with its name.
      const reporter = createHash('sha256').update(`${release.id} ${instanceId}`).digest();
      await tx.query(REPORT_SQL, [release.id, reporter, outcome, release.publishedAt, now, instanceId]);
      if (release.status !== 'published' || release.rolloutHaltedAt) return false;
      const [counts] = await tx.query<OutcomeCounts[]>(COUNT_SQL, [release.id]);
      if (!tooManyFail(counts!, this.config.publishing)) return false;
      const reason = `${counts!.failures} of ${counts!.reports} installations failed`;
      await this.haltLocked(tx, release, reason, 'system');
      return true;
    });
    if (halted) await this.index.refresh();
  }

  private async haltLocked(tx: EntityManager, release: Release, reason: string, actor: string): Promise<void> {
    if (release.status !== 'published') throw new ReleaseError('STEP_NOT_ALLOWED', { status: release.status });
    if (release.rolloutHaltedAt && (isOfOperator(release.rolloutHaltedBy) || !isOfOperator(actor))) return;
    const at = this.clock.now();
    await recordAudit(tx, { at, actor, action: 'rollout.halted', subject: release.id, data: { reason } });
    await tellPublisher(tx, this.mails, release, { status: 'rollout halted', note: reason });
    await this.save(tx, release, { rolloutHaltedAt: at, rolloutHaltReason: reason, rolloutHaltedBy: actor });
  }

  /** Last of a transaction: the catalog revision is a lock everybody shares. */
  private async save(
    tx: EntityManager,
    release: Release,
    changes: Partial<Pick<Release, 'rolloutPercent' | 'rolloutHaltedAt' | 'rolloutHaltReason' | 'rolloutHaltedBy'>>,
  ): Promise<void> {
    await tx.update(Release, { id: release.id }, changes);
    Object.assign(release, changes);
    if (release.status === 'published') await settleLatest(tx, release.packageId);
  }

  private async change(
    id: string,
    work: (tx: EntityManager, found: ReleaseOfPackage) => Promise<void>,
  ): Promise<ReleaseOfPackage> {
    const changed = await inTransaction(this.dataSource, async (tx) => {
      const found = await lockRelease(tx, id);
      await work(tx, found);
      return found;
    });
    await this.index.refresh();
    return changed;
  }
}

/** Somebody else's release is answered like one that is not there. */
function ownedBy(found: ReleaseOfPackage | undefined, publisherId: string | null): ReleaseOfPackage {
  if (!found || (publisherId !== null && found.package.publisherId !== publisherId))
    throw new ReleaseError('RELEASE_NOT_FOUND');
  return found;
}
