import { Clock, inTransaction } from '@hansa/platform';
import type { Metadata, Root, Targets } from '@tufjs/models';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { KeyRing } from '#signing';
import { readRoot, readTargets } from './metadata-files.js';
import { MetadataSigner } from './metadata-signer.js';
import { newestOnlineKeys } from './online-keys.js';
import { checkDraft, draftRoot, type RootDraft } from './root-draft.js';
import type { TufPublicKey } from './tuf-keys.js';
import { TufFile } from './tuf-tables.entity.js';
import { findNewest, lockMetadata, markAllBins } from './tuf.repository.js';

/** The hub's part in a root ceremony: it drafts, people sign elsewhere, it publishes. */
@Injectable()
export class CeremonyService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly ring: KeyRing,
    private readonly signer: MetadataSigner,
  ) {}

  /** The next root for these offline keys and the newest online ones. @throws {TufError} ROOT_KEYS_FEW */
  async draft(offlineKeys: readonly TufPublicKey[], threshold: number): Promise<RootDraft> {
    const db = this.dataSource.manager;
    const [root, targets] = [await findNewest(db, 'root'), await findNewest(db, 'targets')];
    return draftRoot({
      rootVersion: (root?.version ?? 0) + 1,
      targetsVersion: (targets?.version ?? 0) + 1,
      offlineKeys,
      threshold,
      online: newestOnlineKeys(this.ring),
      now: this.clock.now(),
    });
  }

  /**
   * Publishes a signed root and signs everything under it, at once or not at all.
   *
   * @throws {TufError} ROOT_NOT_NEXT, ROOT_EXPIRED, ROOT_UNDERSIGNED, ROOT_BINS_CHANGED or ONLINE_KEY_NOT_IN_ROOT
   */
  async publish(draft: RootDraft, actor: string): Promise<{ version: number; expires: string }> {
    return inTransaction(this.dataSource, async (tx) => {
      await lockMetadata(tx);
      const now = this.clock.now();
      const [root, targets] = [await findNewest(tx, 'root'), await findNewest(tx, 'targets')];
      const current = root && targets ? { root: readRoot(root.body), targetsVersion: targets.version } : undefined;
      checkDraft(draft, current, now);
      await keep(tx, 'root', draft.root, now);
      await keep(tx, 'targets', draft.targets, now);
      const before = targets ? binKeysOf(readTargets(targets.body)) : '';
      if (before !== binKeysOf(draft.targets)) await markAllBins(tx);
      await this.signer.signDue(tx, true);
      const { version, expires } = draft.root.signed;
      await recordAudit(tx, { at: now, actor, action: 'tuf.root_published', subject: `root ${version}` });
      return { version, expires };
    });
  }
}

async function keep(
  tx: EntityManager,
  role: 'root' | 'targets',
  metadata: Metadata<Root> | Metadata<Targets>,
  writtenAt: Date,
): Promise<void> {
  const { version, expires } = metadata.signed;
  const body = Buffer.from(JSON.stringify(metadata.toJSON()));
  await tx.insert(TufFile, {
    name: `${version}.${role}.json`,
    role,
    version,
    body,
    expiresAt: new Date(expires),
    writtenAt,
  });
}

function binKeysOf(targets: Metadata<Targets>): string {
  return (targets.signed.delegations?.succinctRoles?.keyIDs ?? []).join();
}
