import type { ReleaseFinding } from '@hansa/contracts';
import { Clock, inTransaction, OnJob } from '@hansa/platform';
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
import { advance } from './advance.js';
import { CHECKS, checkRelease, type CheckName } from './check-release.job.js';
import { checkBytes } from './checks/check-bytes.js';
import { checkDependencies } from './checks/check-dependencies.js';
import { checkDiff } from './checks/check-diff.js';
import { checkNames } from './checks/check-names.js';
import { checkSignature } from './checks/check-signature.js';
import { ReleaseCheck } from './checks/release-check.entity.js';
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
      const { release } = await lockRelease(tx, releaseId);
      const finishedAt = this.clock.now();
      const { affected } = await tx.update(
        ReleaseCheck,
        { releaseId, name: check, round, status: 'pending' },
        { status: 'done', findings, finishedAt },
      );
      if (affected === 0 || release.status !== 'submitted' || release.checkRound !== round) return;
      await this.moveOn(tx, release);
    });
  }

  /** Nothing happens while a check is outstanding; then an error rejects, and everything else is for a person. */
  private async moveOn(tx: EntityManager, release: Release): Promise<void> {
    const checks = await tx.findBy(ReleaseCheck, { releaseId: release.id });
    if (checks.some(({ status }) => status === 'pending')) return;
    const byName = new Map(checks.map(({ name, findings }) => [name, findings]));
    const findings = CHECKS.flatMap((name) => byName.get(name) ?? []);
    const verdict = severityOf(findings) === 'error' ? 'rejected' : 'in_review';
    await advance(tx, release, verdict, { actor: ACTOR, at: this.clock.now(), changes: { findings } });
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
