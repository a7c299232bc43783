import { coversRelease, MARKETPLACE_ID, SEMVER, tufTargetPath, type DownloadResponse } from '@hansa/contracts';
import { Clock, poolOf } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { LicensesService } from '#licenses';
import { KeyRing } from '#signing';
import { ArtifactStore } from '#storage';
import { refusalOf, signArtifactPath, type ArtifactTicket, type UrlKey } from './artifact-url.js';
import { DownloadError } from './downloads.errors.js';
import { DownloadTally } from './download-tally.js';
import { findDownload, type DownloadRow } from './downloads.repository.js';

/** What a shop shows for a paid package. */
export interface Credentials {
  readonly licenseKey: string | undefined;
  /** Sealed, or plain where the hub accepts it. */
  readonly instanceReference: string | undefined;
}

@Injectable()
export class DownloadsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly keyRing: KeyRing,
    private readonly licenses: LicensesService,
    private readonly tally: DownloadTally,
    private readonly store: ArtifactStore,
  ) {}

  /**
   * Opens the bytes of a release for some minutes (federation.md §2). `latest` is the highest stable version.
   *
   * @throws {DownloadError} RELEASE_NOT_FOUND, RELEASE_YANKED, LICENSE_REQUIRED, UPDATES_ENDED or the license's verdict
   * @throws {InstanceError} INSTANCE_ID_REFUSED
   */
  async open(marketplaceId: string, version: string, credentials: Credentials): Promise<DownloadResponse> {
    const release = await this.find(marketplaceId, version);
    if (release.license_kind !== 'free') await this.requireLicense(release, credentials);
    this.tally.count(release.package_id);
    const { urlTtlSeconds } = this.config.downloads;
    const { path, expiresAt } = signArtifactPath(release.sha256, this.activeKey(), this.clock.now(), urlTtlSeconds);
    const direct = await this.store.directUrl(release.sha256, urlTtlSeconds);
    return {
      url: direct ?? `${this.config.hubUrl}${path}`,
      expires_at: expiresAt.toISOString(),
      sha256: release.sha256,
      size_bytes: release.size_bytes,
      version: release.version,
      signature: { publisher: release.signature, key: release.public_jwk },
      tuf_target: tufTargetPath(marketplaceId, release.version),
    };
  }

  /** Lets a signed URL through. @throws {DownloadError} DOWNLOAD_URL_REFUSED or DOWNLOAD_URL_EXPIRED */
  admit(ticket: ArtifactTicket): void {
    const keys = this.keyRing.accepted('download').map(({ kid, privateJwk }) => ({ kid, k: String(privateJwk['k']) }));
    const refusal = refusalOf(ticket, keys, this.clock.now());
    if (refusal) throw new DownloadError(refusal);
  }

  private async find(marketplaceId: string, version: string): Promise<DownloadRow> {
    const wellFormed = MARKETPLACE_ID.test(marketplaceId) && (version === 'latest' || SEMVER.test(version));
    const release = wellFormed ? await findDownload(poolOf(this.dataSource), marketplaceId, version) : undefined;
    if (!release) throw new DownloadError('RELEASE_NOT_FOUND');
    if (release.status === 'yanked') throw new DownloadError('RELEASE_YANKED');
    return release;
  }

  private async requireLicense(release: DownloadRow, { licenseKey, instanceReference }: Credentials): Promise<void> {
    if (licenseKey === undefined || instanceReference === undefined) throw new DownloadError('LICENSE_REQUIRED');
    const ask = { licenseKey, packageId: release.package_id, instanceReference };
    const verdict = await this.licenses.verdictFor(ask);
    if (!verdict.valid) throw new DownloadError(verdict.reason);
    const { updatesUntil } = verdict.license;
    if (!coversRelease(updatesUntil, release.published_at)) throw new DownloadError('UPDATES_ENDED');
  }

  private activeKey(): UrlKey {
    const { kid, privateJwk } = this.keyRing.active('download');
    return { kid, k: String(privateJwk['k']) };
  }
}
