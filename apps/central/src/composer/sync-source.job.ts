import { join } from 'node:path';
import { Clock, defineJob, enqueue, inTransaction, OnJob, SecretBox } from '@hansa/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { ArtifactStore } from '#storage';
import { branchOf, buildZip, isTag, readRef } from './build-version.js';
import { ComposerError } from './composer.errors.js';
import { ComposerSource, ComposerSourceRef } from './composer-source.entity.js';
import { versionOfBranch } from './composer-version.js';
import { GitError } from './git.js';
import { GitMirror, type GitRef } from './git-mirror.js';
import { claimSource, findDueSources } from './sources.repository.js';
import { readSourceUrl } from './source-url.js';
import { VersionsService } from './versions.service.js';

/** Brings one source up to date. */
export const syncSource = defineJob<{ sourceId: string }>('sync-composer-source', { maxAttempts: 5 });
/** Looks for sources whose time has come. */
export const syncDueSources = defineJob<object>('sync-due-composer-sources', { cron: '* * * * *', maxAttempts: 1 });

/** At most one sync of a source waits. */
export const syncJobKey = (sourceId: string) => `sync:${sourceId}`;

const CLAIM_MS = 30 * 60_000;
const TRY_AGAIN_MS = 15_000;
/** Not for the repository to mend: such a ref is looked at again with every sync. */
const PASSING: ReadonlySet<string> = new Set(['GIT_FAILED', 'GIT_TIMEOUT', 'VENDOR_NOT_OWNED']);
/** Refs worked on at the same time: while Git writes one, another is packed. */
const PARALLEL = 2;

@Injectable()
export class SyncSourceJob {
  private readonly logger = new Logger(SyncSourceJob.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly secretBox: SecretBox,
    private readonly store: ArtifactStore,
    private readonly versions: VersionsService,
  ) {}

  @OnJob(syncDueSources)
  async syncDue(): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      for (const id of await findDueSources(tx, now))
        await enqueue(tx, syncSource, { sourceId: id }, { key: syncJobKey(id) });
    });
  }

  /** Two processes never sync one source at once: the second tries again when the first should be done. */
  @OnJob(syncSource)
  async sync({ sourceId }: { sourceId: string }): Promise<void> {
    const now = this.clock.now();
    const source = await claimSource(this.dataSource.manager, sourceId, now, new Date(now.getTime() + CLAIM_MS));
    if (source === 'busy') return this.tryAgain(sourceId);
    if (!source) return;
    let lastError: string | null = null;
    try {
      await this.bringUpToDate(source);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      lastError = `${error.code}: ${error.message}`;
    } finally {
      await this.release(source, lastError);
    }
  }

  private async bringUpToDate(source: ComposerSource): Promise<void> {
    const mirror = this.mirrorOf(source);
    const { defaultBranch } = await mirror.fetch();
    const refs = (await mirror.refs()).filter(({ name }) => source.withBranches || isTag(name));
    const db = this.dataSource.manager;
    const known = new Map((await db.findBy(ComposerSourceRef, { sourceId: source.id })).map((row) => [row.ref, row]));
    const changed = refs.filter((ref) => isDue(ref, known.get(ref.name)));
    const restored = refs.filter(({ name, commit }) => known.get(name)?.movedTo && known.get(name)?.commit === commit);
    for (const ref of restored) await this.note(source, ref, { problem: null, movedTo: null });

    const queue = [...changed];
    const work = async () => {
      for (let ref = queue.shift(); ref; ref = queue.shift()) {
        const before = known.get(ref.name);
        if (isTag(ref.name) && before?.versionId) await this.report(source, ref);
        else await this.take(source, mirror, ref, ref.name === `refs/heads/${defaultBranch ?? ''}`);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));

    const there = new Set(refs.map(({ name }) => name));
    for (const row of known.values()) if (!there.has(row.ref) && !isTag(row.ref)) await this.dropBranch(row);
  }

  /**
   * Makes a version of a ref, or notes why it becomes none; the other refs go on. A crash in between is made good by the next
   * sync.
   */
  private async take(source: ComposerSource, mirror: GitMirror, ref: GitRef, isDefaultBranch: boolean): Promise<void> {
    try {
      const verdict = await readRef(mirror, ref, source.prefixes);
      if (!verdict.ok) return await this.keep(source, ref, null, verdict.problem);
      const zip = await buildZip(mirror, ref.commit, this.store, this.config.releases.maxPackageBytes);
      if (!zip.ok) return await this.keep(source, ref, null, zip.problem);
      const { publisherId, id: sourceId } = source;
      const { json, version } = verdict;
      const { sha1, sha256, sizeBytes } = zip;
      const added = await this.versions.add({
        publisherId,
        json,
        version,
        isDefaultBranch,
        reference: ref.commit,
        zip: { sha1, sha256, sizeBytes },
        releasedAt: releaseMoment(ref.committedAt, this.clock.now()),
        actor: `composer_source:${sourceId}`,
      });
      await this.keep(source, ref, added.id, null);
    } catch (error) {
      if (!(error instanceof ComposerError || error instanceof GitError)) throw error;
      await this.keep(source, ref, null, error.code);
    }
  }

  /** The version stays as it is; who moved the tag has to answer for it. */
  private async report(source: ComposerSource, ref: GitRef): Promise<void> {
    this.logger.error(`${ref.name} of ${source.id} moved to ${ref.commit}; its version stays as it was released`);
    await this.note(source, ref, { problem: 'TAG_MOVED', movedTo: ref.commit });
  }

  private async keep(
    source: ComposerSource,
    ref: GitRef,
    versionId: string | null,
    problem: string | null,
  ): Promise<void> {
    const row = { sourceId: source.id, ref: ref.name, commit: ref.commit, versionId, movedTo: null };
    const shown = problem === 'PASSED_OVER' ? null : problem;
    await this.dataSource.manager.upsert(ComposerSourceRef, { ...row, problem: shown, seenAt: this.clock.now() }, [
      'sourceId',
      'ref',
    ]);
  }

  private async note(
    source: ComposerSource,
    { name }: GitRef,
    change: { problem: string | null; movedTo: string | null },
  ): Promise<void> {
    const seenAt = this.clock.now();
    await this.dataSource.manager.update(ComposerSourceRef, { sourceId: source.id, ref: name }, { ...change, seenAt });
  }

  private async dropBranch({ sourceId, ref, versionId }: ComposerSourceRef): Promise<void> {
    if (versionId) await this.versions.retireBranch(versionId, versionOfBranch(branchOf(ref)).normalized);
    await this.dataSource.manager.delete(ComposerSourceRef, { sourceId, ref });
  }

  private mirrorOf({ id, url, credentialSealed }: ComposerSource): GitMirror {
    const credential = credentialSealed
      ? this.secretBox.open(credentialSealed, `composer-source:${id}`).toString()
      : undefined;
    const place = readSourceUrl(url);
    if (!place) throw new GitError('GIT_FAILED', 'The address is not one that is followed.');
    const { allowPrivate } = this.config.instances;
    return new GitMirror(join(this.config.dataDir, 'composer-sources', `${id}.git`), place, {
      credential,
      allowPrivate,
    });
  }

  private async release({ id, intervalMinutes }: ComposerSource, lastError: string | null): Promise<void> {
    const now = this.clock.now();
    const nextSyncAt = new Date(now.getTime() + intervalMinutes * 60_000);
    const synced = lastError === null ? { lastSyncedAt: now } : {};
    await this.dataSource.manager.update(
      ComposerSource,
      { id },
      { syncingUntil: null, nextSyncAt, lastError, ...synced },
    );
  }

  private async tryAgain(sourceId: string): Promise<void> {
    const runAt = new Date(Date.now() + TRY_AGAIN_MS);
    await inTransaction(this.dataSource, (tx) =>
      enqueue(tx, syncSource, { sourceId }, { runAt, key: syncJobKey(sourceId) }),
    );
  }
}

/** Whether a ref is worth a look: it is new, elsewhere than it was, or was refused for a reason that passes. */
function isDue({ commit }: GitRef, known: ComposerSourceRef | undefined): boolean {
  if (known?.problem && PASSING.has(known.problem)) return true;
  return known?.commit !== commit && known?.movedTo !== commit;
}

/** A commit may claim a moment that has not come, or none at all; no release is newer than its arrival. */
function releaseMoment(claimed: Date, now: Date): Date {
  return claimed < now ? claimed : now;
}
