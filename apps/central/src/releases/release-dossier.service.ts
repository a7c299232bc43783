import { Clock, inTransaction, newId } from '@hansa/platform';
import type { PackageDiff } from '@hansa/package-checks';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { recordAudit } from '#audit';
import { ReleaseCheck, ReleaseFiles, ReleaseSbom } from './checks/release-check.entity.js';
import { ReleaseError } from './releases.errors.js';
import { findRelease, lockRelease, type ReleaseOfPackage } from './releases.repository.js';
import { ReleaseApproval, ReleaseComment } from './review.entity.js';

/** Everything there is to read about a release before deciding. */
export interface ReleaseDossier extends ReleaseOfPackage {
  readonly checks: readonly ReleaseCheck[];
  readonly diff: PackageDiff | null;
  readonly comments: readonly ReleaseComment[];
  /** Of the present submission. */
  readonly approvals: readonly ReleaseApproval[];
}

/** Who asks: operators see everything, a publisher his own and no internal word. */
export type Reader = 'operator' | { readonly publisherId: string };

@Injectable()
export class ReleaseDossierService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @throws {ReleaseError} RELEASE_NOT_FOUND, also for a release of somebody else */
  async read(id: string, reader: Reader): Promise<ReleaseDossier> {
    const db = this.dataSource.manager;
    const found = await this.find(id, reader);
    const [checks, files, comments, approvals] = await Promise.all([
      db.find(ReleaseCheck, { where: { releaseId: id }, order: { name: 'ASC' } }),
      db.findOneBy(ReleaseFiles, { releaseId: id }),
      db.find(ReleaseComment, {
        where: { releaseId: id, internal: In(reader === 'operator' ? [true, false] : [false]) },
        order: { writtenAt: 'ASC', id: 'ASC' },
      }),
      db.findBy(ReleaseApproval, { releaseId: id, round: found.release.checkRound }),
    ]);
    return { ...found, checks, diff: files?.diff ?? null, comments, approvals };
  }

  /** The CycloneDX document. @throws {ReleaseError} RELEASE_NOT_FOUND, SBOM_PENDING while it is not written */
  async sbom(id: string, reader: Reader): Promise<Record<string, unknown>> {
    await this.find(id, reader);
    const row = await this.dataSource.manager.findOneBy(ReleaseSbom, { releaseId: id });
    if (!row) throw new ReleaseError('SBOM_PENDING');
    return row.document;
  }

  /** Says something about a release. What is internal stays among operators. @throws {ReleaseError} RELEASE_NOT_FOUND */
  async comment(id: string, body: string, internal: boolean, reader: Reader, author: string): Promise<ReleaseComment> {
    await this.find(id, reader);
    const writtenAt = this.clock.now();
    const row = {
      id: newId('cmt'),
      releaseId: id,
      author,
      body,
      internal: internal && reader === 'operator',
      writtenAt,
    };
    return inTransaction(this.dataSource, async (tx) => {
      await lockRelease(tx, id);
      await tx.insert(ReleaseComment, row);
      await recordAudit(tx, { at: writtenAt, actor: author, action: 'release.commented', subject: id });
      return row;
    });
  }

  private async find(id: string, reader: Reader): Promise<ReleaseOfPackage> {
    const found = await findRelease(this.dataSource.manager, id);
    const isReadable = reader === 'operator' || found?.package.publisherId === reader.publisherId;
    if (!found || !isReadable) throw new ReleaseError('RELEASE_NOT_FOUND');
    return found;
  }
}
