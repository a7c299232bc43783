import type { ReleaseFinding } from '@hansa/contracts';
import { Clock, enqueue, inTransaction, OnJob } from '@hansa/platform';
import {
  checkListing,
  checkManifest,
  cutFindings,
  openPackage,
  runInHost,
  severityOf,
  staticScan,
} from '@hansa/package-checks';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PublisherKeysService } from '#accounts';
import type { Release } from '#catalog';
import { CentralConfig } from '#config';
import { ArtifactStore } from '#storage';
import { Mails } from '#mail';
import { advance } from './advance.js';
import { CHECKS, checkRelease, type CheckName } from './check-release.job.js';
import { mayApproveItself } from './auto-approval.js';
import { checkBytes } from './checks/check-bytes.js';
import { checkDependencies } from './checks/check-dependencies.js';
import { checkDiff } from './checks/check-diff.js';
import { checkNames } from './checks/check-names.js';
import { checkSignature } from './checks/check-signature.js';
import { ReleaseCheck } from './checks/release-check.entity.js';
import { publishRelease } from './publish-release.job.js';
import { findRelease, lockRelease, type ReleaseOfPackage } from './releases.repository.js';

const ACTOR = 'system';
/** Of one check: a reviewer reads this many. */
const MAX_FINDINGS = 200;

/** Looks at submissions (libs/package-checks/README.md). */
@Injectable()
export class CheckReleaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
    private readonly config: CentralConfig,
    private readonly store: ArtifactStore,
    private readonly keys: PublisherKeysService,
  ) {}

  /** Makes one check outside any transaction, keeps what it found, and moves the release when it was the last of them. */
  @OnJob(checkRelease)
  async check({ releaseId, check, round }: { releaseId: string; check: CheckName; round: number }): Promise<void> {
    const db = this.dataSource.manager;
    const found = await findRelease(db, releaseId);
    if (found?.release.status !== 'submitted') return;
    if (!(await db.existsBy(ReleaseCheck, { releaseId, name: check, round, status: 'pending' }))) return;
    const findings = cutFindings(await this.findingsOf(check, found), MAX_FINDINGS);
    await inTransaction(this.dataSource, async (tx) => {
      // The package is locked first: of two checks that end at once, the second sees that it is the last.
      const found = await lockRelease(tx, releaseId);
      const { release } = found;
      const finishedAt = this.clock.now();
      const { affected } = await tx.update(
        ReleaseCheck,
        { releaseId, name: check, round, status: 'pending' },
        { status: 'done', findings, finishedAt },
      );
      if (affected === 0 || release.status !== 'submitted' || release.checkRound !== round) return;
      await this.moveOn(tx, found);
    });
  }

  /** Nothing happens while a check is outstanding; then an error rejects, and the rest is for a person or for the policy. */
  private async moveOn(tx: EntityManager, found: ReleaseOfPackage): Promise<void> {
    const { release } = found;
    const checks = await tx.findBy(ReleaseCheck, { releaseId: release.id });
    if (checks.some(({ status }) => status === 'pending')) return;
    const byName = new Map(checks.map(({ name, findings }) => [name, findings]));
    const findings = CHECKS.flatMap((name) => byName.get(name) ?? []);
    const verdict = severityOf(findings) === 'error' ? 'rejected' : 'in_review';
    await advance(tx, this.mails, release, verdict, { actor: ACTOR, at: this.clock.now(), changes: { findings } });
    if (verdict === 'rejected' || !this.config.publishing.autoApproval) return;
    if (!(await mayApproveItself(tx, found))) return;
    await enqueue(tx, publishRelease, { releaseId: release.id });
    await advance(tx, this.mails, release, 'approved', { actor: 'policy', at: this.clock.now() });
  }

  private async findingsOf(check: CheckName, { release, package: owner }: ReleaseOfPackage): Promise<ReleaseFinding[]> {
    const db = this.dataSource.manager;
    if (check === 'names') return checkNames(db, owner);
    if (check === 'signature') {
      return checkSignature(release, owner.marketplaceId, (kid) => this.keys.findLive(owner.publisherId, kid));
    }
    if (check === 'listing') {
      const { name, summary, description, iconUrl, screenshots } = owner;
      return checkListing({ name, summary, description, icon_url: iconUrl, screenshots });
    }
    return this.lookInside(check, release);
  }

  private async lookInside(
    check: Exclude<CheckName, 'names' | 'signature' | 'listing'>,
    release: Release,
  ): Promise<ReleaseFinding[]> {
    const { maxPackageBytes } = this.config.releases;
    const copy = await this.store.localCopy(release.sha256);
    try {
      if (check === 'archive') return await checkBytes(copy.path, release, maxPackageBytes);
      const verdict = await openPackage(copy.path, { maxPackedBytes: maxPackageBytes });
      // Why it does not open is for the archive check to say.
      if (!verdict.ok) return [];
      const { opened } = verdict;
      if (check === 'manifest') return checkManifest(opened);
      if (check === 'static-scan') return await staticScan(opened);
      if (check === 'dependencies') return await checkDependencies(this.dataSource.manager, release, opened);
      if (check === 'diff') return await checkDiff(this.dataSource.manager, release, opened);
      const findings = await runInHost(opened);
      // A busy machine can make a start late, and a rejection is for good: only what fails twice has failed.
      return severityOf(findings) === 'error' ? await runInHost(opened) : findings;
    } finally {
      await copy.done();
    }
  }
}
