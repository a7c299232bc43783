import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import type { ComposerJson } from './composer-json.js';
import { bumpComposerRevision } from './composer-index.js';
import { ComposerError } from './composer.errors.js';
import { ComposerPackage, ComposerVersionRow } from './composer-package.entity.js';
import type { ComposerVersion } from './composer-version.js';
import { namespaceOfVendor, vendorOf } from './package-prefix.js';

export interface NewVersion {
  readonly publisherId: string;
  readonly json: ComposerJson;
  readonly version: ComposerVersion;
  readonly isDefaultBranch: boolean;
  /** Commit in Git, or SHA-1 of an uploaded zip. */
  readonly reference: string;
  readonly zip: { readonly sha1: string; readonly sha256: string; readonly sizeBytes: number };
  readonly releasedAt: Date;
  readonly actor: string;
}

export interface AddedVersion {
  readonly id: string;
  /** False when this very version was there already. */
  readonly isNew: boolean;
}

@Injectable()
export class VersionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts a version into the repository; its zip lies in the store already. The same again changes nothing. A branch takes the
   * place of its earlier head, whose zip stays for lock files; a released version never changes.
   *
   * @throws {ComposerError} VENDOR_NOT_OWNED or VERSION_EXISTS
   */
  async add(request: NewVersion): Promise<AddedVersion> {
    const now = this.clock.now();
    const { json, version, zip, reference, actor } = request;
    return inTransaction(this.dataSource, async (tx) => {
      await lockPackage(tx, request, now);
      const place = { packageName: json.name, versionNormalized: version.normalized, supersededAt: IsNull() };
      const current = await tx.findOneBy(ComposerVersionRow, place);
      if (current && (version.isDev ? current.reference === reference : current.sha256 === zip.sha256)) {
        return { id: current.id, isNew: false };
      }
      if (current && !version.isDev) throw new ComposerError('VERSION_EXISTS', { version: current.version });
      await tx.update(ComposerVersionRow, place, { supersededAt: now });
      const id = newId('cver');
      await tx.insert(ComposerVersionRow, {
        id,
        packageName: json.name,
        version: version.version,
        versionNormalized: version.normalized,
        isDev: version.isDev,
        isDefaultBranch: request.isDefaultBranch,
        metadata: json.metadata as object,
        reference,
        ...zip,
        releasedAt: request.releasedAt,
        createdAt: now,
        supersededAt: null,
      });
      const data = { package: json.name, version: version.version, sha256: zip.sha256 };
      await recordAudit(tx, { at: now, actor, action: 'composer_version.published', subject: id, data });
      await bumpComposerRevision(tx, json.name);
      return { id, isNew: true };
    });
  }

  /** Takes a branch that is gone out of the choice; its zips stay for lock files. */
  async retireBranch(versionId: string, versionNormalized: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const row = await tx.findOneBy(ComposerVersionRow, { id: versionId, versionNormalized, isDev: true });
      if (!row) return;
      const place = { packageName: row.packageName, versionNormalized, supersededAt: IsNull() };
      const { affected } = await tx.update(ComposerVersionRow, place, { supersededAt: this.clock.now() });
      if (affected) await bumpComposerRevision(tx, row.packageName);
    });
  }
}

/** Makes the package when it is new, and lets changes of it queue up. Only the owner of a vendor name may publish under it. */
async function lockPackage(tx: EntityManager, { publisherId, json }: NewVersion, now: Date): Promise<void> {
  const namespace = namespaceOfVendor(vendorOf(json.name));
  const owned = await tx.query<object[]>(
    'SELECT 1 FROM publisher_namespaces WHERE namespace = $1 AND publisher_id = $2',
    [namespace, publisherId],
  );
  if (owned.length === 0) throw new ComposerError('VENDOR_NOT_OWNED');
  const type = json.metadata['type'] as string;
  await tx.query(
    `INSERT INTO composer_packages (name, publisher_id, description, type, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (name) DO UPDATE SET description = excluded.description, type = excluded.type`,
    [json.name, publisherId, json.description, type, now],
  );
  await tx.findOne(ComposerPackage, { where: { name: json.name }, lock: { mode: 'pessimistic_write' } });
}
