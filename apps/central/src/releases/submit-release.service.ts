import type { Readable } from 'node:stream';
import { namespaceOf } from '@hansa/contracts';
import { Clock, inTransaction, newId } from '@hansa/platform';
import { releaseKeyId, TrustError, verifyRelease, type Ed25519PublicJwk } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PublisherKeysService, PublishersService } from '#accounts';
import { recordAudit } from '#audit';
import { channelOf, Package, Release, semverSortKey } from '#catalog';
import { CentralConfig } from '#config';
import { ArtifactStore, defineArtifactOwner, type StoredArtifact } from '#storage';
import { Mails } from '#mail';
import { advance } from './advance.js';
import { startChecks } from './check-release.job.js';
import { readPackage, type ReadPackage } from './read-package.js';
import { ReleaseError, SignatureRefused } from './releases.errors.js';
import { findRelease, lockPackage, type ReleaseOfPackage } from './releases.repository.js';

defineArtifactOwner('releases', 'sha256');

export interface Submission extends ReleaseOfPackage {
  /** False when these very bytes had been submitted before. */
  readonly created: boolean;
}

@Injectable()
export class SubmitReleaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
    private readonly config: CentralConfig,
    private readonly store: ArtifactStore,
    private readonly publishers: PublishersService,
    private readonly keys: PublisherKeysService,
  ) {}

  /**
   * Takes a release from its publisher: bytes to the store, verified there, then recorded. The same bytes again are the release
   * they already are; after changes were requested they go back into review. What is refused leaves no row; bytes without a row
   * harm nobody.
   *
   * @throws {ReleaseError | ArchiveRefused | SignatureRefused | StorageError} one code a rule
   */
  async submit(publisherId: string, bytes: Readable, signature: string): Promise<Submission> {
    const artifact = await this.store.put(bytes, this.config.releases.maxPackageBytes);
    const read = await this.read(artifact);
    const { manifest } = read;
    if (!(await this.publishers.owns(publisherId, namespaceOf(manifest.marketplace_id)))) {
      throw new ReleaseError('NAMESPACE_NOT_OWNED');
    }
    const keyKid = await this.verify(publisherId, artifact, read, signature);

    return inTransaction(this.dataSource, async (tx) => {
      const owner = await lockPackage(tx, { marketplaceId: manifest.marketplace_id });
      if (owner?.publisherId !== publisherId) throw new ReleaseError('LISTING_NOT_FOUND');
      const known = await tx.findOneBy(Release, { packageId: owner.id, versionKey: semverSortKey(manifest.version) });
      if (known)
        return { release: await this.submitAgain(tx, known, artifact, publisherId), package: owner, created: false };
      if (owner.pluginId !== null && owner.pluginId !== manifest.id) throw new ReleaseError('PLUGIN_ID_CHANGED');
      const release = await this.record(tx, owner, artifact, read, { signature, keyKid });
      return { release, package: owner, created: true };
    });
  }

  /** A release of this publisher. @throws {ReleaseError} RELEASE_NOT_FOUND, also for a release of somebody else */
  async find(publisherId: string, id: string): Promise<ReleaseOfPackage> {
    const found = await findRelease(this.dataSource.manager, id);
    if (found?.package.publisherId !== publisherId) throw new ReleaseError('RELEASE_NOT_FOUND');
    return found;
  }

  private async read(artifact: StoredArtifact): Promise<ReadPackage> {
    const copy = await this.store.localCopy(artifact.sha256);
    try {
      return await readPackage(copy.path, { maxPackedBytes: this.config.releases.maxPackageBytes });
    } finally {
      await copy.done();
    }
  }

  /** The key that signed exactly these bytes as this version of this package, live and this publisher's (federation.md §5). */
  private async verify(
    publisherId: string,
    artifact: StoredArtifact,
    read: ReadPackage,
    signature: string,
  ): Promise<string> {
    const { manifest, manifestSha256 } = read;
    try {
      const kid = releaseKeyId(signature);
      const key = await this.keys.findLive(publisherId, kid);
      if (!key) throw new ReleaseError('SIGNING_KEY_UNKNOWN');
      await verifyRelease(signature, key.publicJwk as unknown as Ed25519PublicJwk, {
        marketplace_id: manifest.marketplace_id,
        version: manifest.version,
        sha256: artifact.sha256,
        size_bytes: artifact.sizeBytes,
        manifest_sha256: manifestSha256,
      });
      return kid;
    } catch (cause) {
      if (cause instanceof TrustError) throw new SignatureRefused(cause as TrustError);
      throw cause;
    }
  }

  private async submitAgain(
    tx: EntityManager,
    known: Release,
    { sha256 }: StoredArtifact,
    publisherId: string,
  ): Promise<Release> {
    if (known.sha256 !== sha256) throw new ReleaseError('VERSION_TAKEN');
    if (known.status !== 'changes_requested') return known;
    await startChecks(tx, known);
    await advance(tx, this.mails, known, 'submitted', { actor: `publisher:${publisherId}`, at: this.clock.now() });
    return known;
  }

  private async record(
    tx: EntityManager,
    owner: Package,
    { sha256, sizeBytes }: StoredArtifact,
    { manifest, manifestJson, manifestSha256 }: ReadPackage,
    { signature, keyKid }: { signature: string; keyKid: string },
  ): Promise<Release> {
    const id = newId('rel');
    const submittedAt = this.clock.now();
    const max = manifest.carphacom_max_version ?? null;
    await tx.insert(Release, {
      id,
      packageId: owner.id,
      version: manifest.version,
      versionKey: semverSortKey(manifest.version),
      status: 'submitted',
      sha256,
      sizeBytes,
      manifest: manifestJson as object,
      manifestSha256,
      signature: signature.trim(),
      keyKid,
      changelog: manifest.changelog ?? '',
      minPlatform: manifest.carphacom_min_version,
      minPlatformKey: semverSortKey(manifest.carphacom_min_version),
      maxPlatform: max,
      maxPlatformKey: max && semverSortKey(max),
      channel: channelOf(manifest.version),
      security: manifest.security ?? false,
      submittedAt,
    });
    if (owner.pluginId === null) await tx.update(Package, { id: owner.id }, { pluginId: manifest.id });
    const actor = `publisher:${owner.publisherId}`;
    await recordAudit(tx, { at: submittedAt, actor, action: 'release.submitted', subject: id, data: { sha256 } });
    const release = await tx.findOneByOrFail(Release, { id });
    await startChecks(tx, release);
    return release;
  }
}
