import { mkdir } from 'node:fs/promises';
import { namespaceOf, type DownloadResponse } from '@hansa/contracts';
import { Clock, inTransaction, isUniqueViolation } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TenantConfig } from '#config';
import { Egress } from '#egress';
import { HubService } from '#hub';
import { LicensesService } from '#licenses';
import { Plugin, PluginFolders } from '#plugins';
import { HubMetadata, HubMetadataError, MetadataRefused, type VouchedFile } from '#tuf';
import { Faults } from './faults.js';
import { fetchPackage, readPackageUrl } from './fetch-package.js';
import { InstallJob, PublisherPin, type PackageFacts } from './install-job.entity.js';
import { PackageRefused } from './installer.errors.js';
import { advance, fact } from './journal.js';
import { verifyPackage } from './verify-package.js';

/** How often progress is written while bytes come in. */
const PROGRESS_MS = 250;
/** A release that was just published is signed within the second: the metadata is asked this often before it is taken at its word. */
const METADATA_TRIES = 3;

/** The first half of a job: have the package, and believe it. Nothing of it is unpacked here. */
@Injectable()
export class AcquirePackage {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly egress: Egress,
    private readonly hub: HubService,
    private readonly metadata: HubMetadata,
    private readonly licenses: LicensesService,
    private readonly folders: PluginFolders,
    private readonly faults: Faults,
  ) {}

  /** `requested → fetched`. @throws {PackageRefused | PackageUnavailable | HubError | HubRefusal | JobMovedOn} */
  async fetch(job: InstallJob): Promise<InstallJob> {
    const told = await this.askHub(job);
    const { size_bytes: size, sha256, signature } = told;
    await mkdir(this.folders.incoming, { recursive: true });
    // Step 1 of docs/protocol/installing.md: where the bytes come from.
    const url = readPackageUrl(told.url, this.hub.url);
    const order = { url, sizeBytes: size, maxBytes: this.config.packages.maxBytes, file: this.folders.package(job.id) };
    const got = await fetchPackage(this.egress.fetch, {
      ...order,
      onProgress: this.progressOf(job, size),
      onReceived: () => this.faults.at('fetch.received', job.marketplaceId),
    });
    this.faults.at('fetch.renamed', job.marketplaceId);
    if (got.sha256 !== sha256) throw new PackageRefused('DIGEST_MISMATCH', 'The package is not the one the hub named.');
    const facts: PackageFacts = { sha256, sizeBytes: got.sizeBytes, ...(signature ? { signature } : {}) };
    const bytes = { bytesDone: String(got.sizeBytes), bytesTotal: String(got.sizeBytes) };
    const fetched = await inTransaction(this.dataSource, (tx) =>
      advance(tx, job, 'fetched', this.clock.now(), { package: facts, ...bytes }),
    );
    this.faults.at('fetch.committed', job.marketplaceId);
    return fetched;
  }

  /**
   * The hub's word on a release: where it is, how large, its digest and the publisher's signature. Believed for the download only;
   * step 7 holds the bytes to the hub's signed metadata.
   */
  private async askHub({ marketplaceId, version }: InstallJob): Promise<DownloadResponse> {
    const licenseKey = await this.licenses.keyFor(marketplaceId);
    const credentials = licenseKey === null ? undefined : { licenseKey, instanceId: await this.hub.sealedInstanceId() };
    return this.hub.ask((client) => client.download(marketplaceId, version, credentials));
  }

  /** `fetched → verified`. @throws {PackageRefused | JobMovedOn} */
  async verify(job: InstallJob): Promise<InstallJob> {
    const { marketplaceId, version, paid } = job;
    const db = this.dataSource.manager;
    const namespace = namespaceOf(marketplaceId);
    const told = fact(job.package);
    const { manifest, keyThumbprint } = await verifyPackage(this.folders.package(job.id), told, {
      marketplaceId,
      version,
      maxBytes: this.config.packages.maxBytes,
      pinnedKey: (await db.findOneBy(PublisherPin, { namespace }))?.keyThumbprint ?? null,
      vouchedFor: () => this.vouchedFor(job, told),
      isLicensed: !paid || (await this.licenses.keyFor(marketplaceId)) !== null,
      platformVersion: this.config.platformVersion,
      installed: await db.findOneBy(Plugin, { marketplaceId }),
      neighbors: await db.find(Plugin),
    });
    // Step 13: a release let through early as a security fix is one by its publisher's signed word, not only by the hub's.
    if (job.securityClaimed && manifest.security !== true) {
      throw new PackageRefused('NOT_A_SECURITY_FIX', 'Its publisher does not call this release a security fix.');
    }
    this.faults.at('verify.checked', job.marketplaceId);
    const releaseDir = `${version}-${told.sha256.slice(0, 8)}`;
    const facts = { package: { ...told, manifest }, pluginId: manifest.id, releaseDir };
    const verified = await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      await this.pin(tx, { namespace, keyThumbprint, pinnedAt: at });
      const advanced = await advance(tx, job, 'verified', at, facts).catch((error: unknown) => {
        // Another package of the same id is on its way in: one open job an id, or two would share a folder.
        throw isUniqueViolation(error, 'install_jobs_one_plugin') ? idTaken(manifest.id) : error;
      });
      // After the id is this job's: whoever had it is in the table by now, or will find it taken.
      const namesake = await tx.findOneBy(Plugin, { id: manifest.id });
      if (namesake && namesake.marketplaceId !== marketplaceId) throw idTaken(manifest.id);
      return advanced;
    });
    this.faults.at('verify.committed', job.marketplaceId);
    return verified;
  }

  /** A package from the admin's own disk is not the hub's to vouch for. */
  private async vouchedFor(job: InstallJob, told: PackageFacts): Promise<VouchedFile | null> {
    if (told.uploaded) return null;
    try {
      return await this.metadata.lookUp(job.marketplaceId, job.version);
    } catch (cause) {
      const isAbsent = cause instanceof HubMetadataError && cause.code === 'RELEASE_NOT_IN_METADATA';
      if (cause instanceof MetadataRefused || (isAbsent && job.attempts >= METADATA_TRIES))
        throw new PackageRefused(cause.code, cause.message, { cause });
      throw cause;
    }
  }

  /** The first of two jobs of one publisher pins its key; the other must have the same. */
  private async pin(tx: EntityManager, pin: PublisherPin): Promise<void> {
    await tx.createQueryBuilder().insert().into(PublisherPin).values(pin).orIgnore().execute();
    const { keyThumbprint } = await tx.findOneByOrFail(PublisherPin, { namespace: pin.namespace });
    if (keyThumbprint !== pin.keyThumbprint) {
      throw new PackageRefused('PUBLISHER_KEY_CHANGED', 'The publisher signs with another key than before.');
    }
  }

  private progressOf(job: InstallJob, total: number | undefined): (bytes: number) => Promise<void> {
    let last = 0;
    return async (bytes) => {
      this.faults.at('fetch.receiving', job.marketplaceId);
      const now = performance.now();
      if (now - last < PROGRESS_MS) return;
      last = now;
      const bytesTotal = total === undefined ? null : String(total);
      await this.dataSource.manager.update(InstallJob, { id: job.id }, { bytesDone: String(bytes), bytesTotal });
    };
  }
}

function idTaken(id: string): PackageRefused {
  return new PackageRefused('PLUGIN_ID_TAKEN', `Another package is installed as ${id}.`);
}
