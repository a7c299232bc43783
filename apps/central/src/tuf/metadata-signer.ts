import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KeyRing } from '#signing';
import { binFile, LIFETIMES, readRoot, readTargets, snapshotFile, timestampFile } from './metadata-files.js';
import { onlineKeys } from './online-keys.js';
import { signMetadata } from './settle-target.js';
import { TufFile } from './tuf-tables.entity.js';
import {
  findNewest,
  keepBins,
  listBins,
  listTargets,
  lockMetadata,
  pruneFiles,
  takeDueBins,
} from './tuf.repository.js';

const PRUNE_METADATA = defineJob('prune-metadata', { cron: '17 4 * * *' });
/** How long what was superseded is still served, to shops that began to read before. */
const SUPERSEDED_MS = 24 * 3_600_000;

/** Keeps snapshot, timestamp and bins signed and fresh. */
@Injectable()
export class MetadataSigner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly ring: KeyRing,
  ) {}

  /** Signs bins that changed or soon end, and what names them. Run twice, it signs nothing the second time. */
  @OnJob(signMetadata)
  async signChanges(): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await lockMetadata(tx);
      await this.signDue(tx, false);
    });
  }

  @OnJob(PRUNE_METADATA)
  async prune(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - SUPERSEDED_MS);
    await pruneFiles(this.dataSource.manager, before);
  }

  /**
   * Signs under the lock of the metadata. Before the first root nothing is signed: changed bins stay marked for the ceremony.
   *
   * @throws {TufError} ONLINE_KEY_NOT_IN_ROOT
   */
  async signDue(tx: EntityManager, isRootNew: boolean): Promise<void> {
    const now = this.clock.now();
    const [root, targets] = [await findNewest(tx, 'root'), await findNewest(tx, 'targets')];
    if (!root || !targets) return;
    const keys = onlineKeys(this.ring, readRoot(root.body), readTargets(targets.body));
    const soon = (role: keyof typeof LIFETIMES) => new Date(now.getTime() + LIFETIMES[role].renewMs);

    const due = await takeDueBins(tx, soon('bin'));
    if (due.length > 0) {
      const targets = await listTargets(
        tx,
        due.map(({ bin }) => bin),
      );
      const signed = due.map((bin) => ({
        ...binFile(bin, targets.get(bin.bin)!, keys.bins, now),
        bin: bin.bin,
        writtenAt: now,
      }));
      await keepBins(tx, signed);
    }

    let snapshot = await findNewest(tx, 'snapshot');
    const isSnapshotNew = isRootNew || due.length > 0 || !snapshot || snapshot.expiresAt < soon('snapshot');
    if (isSnapshotNew) {
      const version = (snapshot?.version ?? 0) + 1;
      snapshot = {
        ...snapshotFile(version, { targets, bins: await listBins(tx) }, keys.snapshot, now),
        writtenAt: now,
      };
      await tx.insert(TufFile, snapshot);
    }

    const timestamp = await findNewest(tx, 'timestamp');
    if (!isSnapshotNew && timestamp && timestamp.expiresAt >= soon('timestamp')) return;
    const next = timestampFile((timestamp?.version ?? 0) + 1, snapshot!, keys.timestamp, now);
    await tx.upsert(TufFile, { ...next, writtenAt: now }, ['name']);
  }
}
