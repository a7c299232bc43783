import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError, readArchive } from '@hansa/archive';
import { readManifest, type Manifest } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import { TenantConfig } from '#config';
import { PluginFolders } from '#plugins';
import type { InstallJob, PackageFacts } from './install-job.entity.js';
import { InstallerError, UploadRefused } from './installer.errors.js';
import { InstallerService } from './installer.service.js';

/** A package from the admin's own disk: its bytes, and what `hansa sign` made of them. */
export interface Upload {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The content of the `.sig` file. */
  readonly signature: string | undefined;
  /** The publisher's public key, an Ed25519 JWK. */
  readonly key: Readonly<Record<string, unknown>> | undefined;
}

const MAX_MANIFEST_BYTES = 1024 * 1024;

/** Takes a package without a hub. From `fetched` on its job is like any other: the same steps verify it. */
@Injectable()
export class UploadPackage {
  constructor(
    private readonly config: TenantConfig,
    private readonly folders: PluginFolders,
    private readonly installer: InstallerService,
  ) {}

  /**
   * Streams a package to disk and orders its installation.
   *
   * @throws {InstallerError} PACKAGE_TOO_LARGE, ALREADY_INSTALLED, DOWNGRADE_REFUSED or INSTALL_IN_PROGRESS
   * @throws {UploadRefused} MANIFEST_INVALID or a code of `libs/archive`
   */
  async take({ bytes, signature, key }: Upload, actor: string): Promise<InstallJob> {
    await mkdir(this.folders.incoming, { recursive: true });
    const file = join(this.folders.incoming, `upload-${randomUUID()}`);
    try {
      const got = await this.receive(bytes, file);
      const { marketplace_id: marketplaceId, version, price_eur: price } = await this.readManifest(file);
      const facts: PackageFacts = {
        ...got,
        uploaded: true,
        ...(signature && key ? { signature: { publisher: signature, key } } : {}),
      };
      const wish = { marketplaceId, version, paid: price > 0, actor };
      // Before the job exists: a job without its file could not go on, a file without its job is swept.
      return await this.installer.orderUploaded(wish, facts, (jobId) => rename(file, this.folders.package(jobId)));
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Steps 2 and 3 of docs/protocol/installing.md: as much as is allowed, hashed on the way. */
  private async receive(bytes: Upload['bytes'], path: string): Promise<{ sha256: string; sizeBytes: number }> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of bytes) {
        sizeBytes += chunk.length;
        if (sizeBytes > this.config.packages.maxBytes) throw new InstallerError('PACKAGE_TOO_LARGE');
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return { sha256: hash.digest('hex'), sizeBytes };
  }

  /** What the package says it is. Only to order it: nothing is believed before the job has verified it. */
  private async readManifest(file: string): Promise<Manifest> {
    try {
      const archive = await readArchive(file, { maxPackedBytes: this.config.packages.maxBytes });
      const verdict = readManifest(parse(await archive.read('manifest.json', MAX_MANIFEST_BYTES)));
      if (verdict.ok) return verdict.manifest;
      const [finding] = verdict.findings;
      throw new UploadRefused('MANIFEST_INVALID', `manifest.json: ${finding?.path ?? ''} ${finding?.message ?? ''}`);
    } catch (cause) {
      if (cause instanceof ArchiveError) throw new UploadRefused(String(cause.code), cause.message, { cause });
      throw cause;
    }
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
