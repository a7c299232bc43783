import { readFile } from 'node:fs/promises';
import { tufTargetPath } from '@hansa/contracts';
import { Clock, defineJob, enqueue, inTransaction, OnJob } from '@hansa/platform';
import { sha256Hex } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { notify, recordAudit } from '#audit';
import { TenantConfig } from '#config';
import { Egress } from '#egress';
import { HubService } from '#hub';
import { HubMetadataError, MetadataRefused } from './hub-metadata.errors.js';
import { HubMetadataFile, HubRoot } from './hub-metadata-tables.entity.js';
import { keepVerified, type VerifiedFile } from './hub-metadata.repository.js';
import { MetadataFetcher, openMetadataClient } from './metadata-client.js';
import { inFolder, readRootVersion, readVerified } from './verified-files.js';

const PIN_HUB_ROOT = defineJob('pin-hub-root', { maxAttempts: 5 });

/** What the hub's signed metadata says a released file is. */
export interface VouchedFile {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The hub's TUF repository of released files, as far as this shop believes it (docs/protocol/release-metadata.md). */
@Injectable()
export class HubMetadata {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly egress: Egress,
    private readonly hub: HubService,
  ) {}

  /** Has a job pin the hub's root when the shop is connected, not only when the first package comes. */
  async requestPin(): Promise<void> {
    if (!this.hub.isConfigured) return;
    await inTransaction(this.dataSource, (tx) => enqueue(tx, PIN_HUB_ROOT, {}, { key: 'pin-hub-root' }));
  }

  @OnJob(PIN_HUB_ROOT)
  async pin(): Promise<void> {
    if (this.hub.isConfigured) await this.pinRoot();
  }

  /**
   * What the metadata, brought up to date, says of a release. Null when this hub has none and never had: then the publisher's
   * signature is all there is.
   *
   * @throws {HubMetadataError} HUB_METADATA_UNAVAILABLE, FEDERATION_ROOT_UNREADABLE or RELEASE_NOT_IN_METADATA
   * @throws {MetadataRefused}
   */
  async lookUp(marketplaceId: string, version: string): Promise<VouchedFile | null> {
    if (!(await this.pinRoot())) return null;
    const known = await this.dataSource.manager.findBy(HubMetadataFile, { hubUrl: this.hub.url });
    return inFolder(known, async (folder) => {
      try {
        return await this.findTarget(folder, tufTargetPath(marketplaceId, version));
      } finally {
        // Also what was verified before something was refused: a root that was followed is followed for good.
        await this.keep(await readVerified(folder));
      }
    });
  }

  private async findTarget(metadataDir: string, path: string): Promise<VouchedFile> {
    const { updater, fetcher } = openMetadataClient({
      metadataDir,
      metadataUrl: this.metadataUrl,
      fetch: this.egress.fetch,
    });
    const target = await updater
      .refresh()
      .then(() => updater.getTargetInfo(path))
      .catch((cause: unknown) => {
        if (fetcher.trouble !== undefined) throw new HubMetadataError('HUB_METADATA_UNAVAILABLE', { cause });
        throw new MetadataRefused(cause instanceof Error ? cause.message : 'unreadable', { cause });
      });
    const sha256 = target?.hashes['sha256'];
    if (!target || sha256 === undefined) throw new HubMetadataError('RELEASE_NOT_IN_METADATA');
    return { sizeBytes: target.length, sha256 };
  }

  private async keep(files: readonly VerifiedFile[]): Promise<void> {
    const root = files.find(({ name }) => name === 'root.json');
    if (root) await inTransaction(this.dataSource, (tx) => keepVerified(tx, this.hub.url, root.version, files));
  }

  /** Whether there is a root to begin with: the operator's file, the one pinned before, or the first the hub shows. */
  private async pinRoot(): Promise<boolean> {
    const hubUrl = this.hub.url;
    const file = await this.readRootFile();
    const pinned = await this.dataSource.manager.findOneBy(HubRoot, { hubUrl });
    if (pinned && (file === undefined || sha256Hex(file) === pinned.pinnedSha256)) return true;
    const root = file ?? (await this.fetchFirstRoot());
    if (!root) return false;
    await this.begin(root, file ? 'file' : 'first_seen');
    return true;
  }

  /** Begins with a root. A file that replaces another pin begins anew: so a shop is brought back after offline keys were lost. */
  private async begin(body: Buffer, source: HubRoot['source']): Promise<void> {
    const hubUrl = this.hub.url;
    const version = rootVersionOf(body, source);
    const pinnedSha256 = sha256Hex(body);
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      if (source === 'file') await tx.delete(HubRoot, { hubUrl });
      const pin = { hubUrl, pinnedSha256, source, pinnedAt: at };
      await tx.createQueryBuilder().insert().into(HubRoot).values(pin).orIgnore().execute();
      const kept = await tx.findOneByOrFail(HubRoot, { hubUrl });
      if (kept.pinnedSha256 !== pinnedSha256) return; // another process saw a root first
      if (source === 'file') await tx.delete(HubMetadataFile, { hubUrl });
      await keepVerified(tx, hubUrl, version, [{ name: 'root.json', version, body }]);
      const data = { sha256: pinnedSha256, source };
      await recordAudit(tx, { at, actor: 'system', action: 'hub_root.pinned', subject: hubUrl, data });
      if (source === 'file') return;
      const message = `The hub’s release metadata is trusted from a root with SHA-256 ${pinnedSha256} on. Compare it with the one the hub’s operator gives you.`;
      const onceKey = `hub-root:${pinnedSha256}`;
      await notify(tx, { at, code: 'HUB_ROOT_PINNED', severity: 'info', message, subject: hubUrl, onceKey });
    });
  }

  private async readRootFile(): Promise<Buffer | undefined> {
    const { pinnedRootFile } = this.config;
    if (pinnedRootFile === undefined) return undefined;
    return readFile(pinnedRootFile).catch((cause: unknown) => {
      throw new HubMetadataError('FEDERATION_ROOT_UNREADABLE', { cause });
    });
  }

  private async fetchFirstRoot(): Promise<Buffer | undefined> {
    const fetcher = new MetadataFetcher(this.egress.fetch);
    return fetcher.firstRoot(this.metadataUrl).catch((cause: unknown) => {
      throw new HubMetadataError('HUB_METADATA_UNAVAILABLE', { cause });
    });
  }

  private get metadataUrl(): string {
    return `${this.hub.url}/tuf/metadata`;
  }
}

function rootVersionOf(body: Buffer, source: HubRoot['source']): number {
  try {
    return readRootVersion(body);
  } catch (cause) {
    if (source === 'file') throw new HubMetadataError('FEDERATION_ROOT_UNREADABLE', { cause });
    throw new MetadataRefused('The hub’s first root is not signed by its own keys.', { cause });
  }
}
