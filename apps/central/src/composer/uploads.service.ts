import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { ArchiveError, readArchive } from '@hansa/archive';
import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { CentralConfig } from '#config';
import { ArtifactStore } from '#storage';
import { MAX_COMPOSER_JSON, readComposerJson, type ComposerJson } from './composer-json.js';
import { ComposerError } from './composer.errors.js';
import { isDevVersion, normalizeVersion, type ComposerVersion } from './composer-version.js';
import { VersionsService } from './versions.service.js';

export interface UploadedVersion {
  readonly id: string;
  readonly isNew: boolean;
  readonly name: string;
  readonly version: ComposerVersion;
  readonly sha1: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Versions that publishers send as a zip. */
@Injectable()
export class UploadsService {
  constructor(
    private readonly store: ArtifactStore,
    private readonly versions: VersionsService,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a zip in. Its bytes are kept as they came; the same again is the version that is there.
   *
   * @throws {ComposerError} ARCHIVE_REFUSED, COMPOSER_JSON_MISSING, COMPOSER_JSON_INVALID, VERSION_MISSING, VERSION_INVALID,
   *   VERSION_MISMATCH, VENDOR_NOT_OWNED or VERSION_EXISTS
   * @throws {StorageError} ARTIFACT_TOO_LARGE
   */
  async take(publisherId: string, bytes: Readable, namedVersion: string | undefined): Promise<UploadedVersion> {
    const { sha256, sizeBytes } = await this.store.put(bytes, this.config.releases.maxPackageBytes);
    const { path, done } = await this.store.localCopy(sha256);
    try {
      const json = await composerJsonOf(path);
      const version = versionFor(json, namedVersion);
      const sha1 = await sha1Of(path);
      const zip = { sha1, sha256, sizeBytes };
      const releasedAt = this.clock.now();
      const actor = `publisher:${publisherId}`;
      const rest = { reference: sha1, isDefaultBranch: false, releasedAt, actor };
      const { id, isNew } = await this.versions.add({ publisherId, json, version, zip, ...rest });
      return { id, isNew, name: json.name, version, ...zip };
    } finally {
      await done();
    }
  }
}

async function composerJsonOf(path: string): Promise<ComposerJson> {
  const text = await readComposerFile(path);
  const verdict = readComposerJson(text);
  if (verdict.ok) return verdict.json;
  const { reason, field } = verdict;
  throw new ComposerError('COMPOSER_JSON_INVALID', { reason, ...(field ? { field } : {}) });
}

/** `composer.json` at the root, or in the one directory everything is in: Composer unpacks both the same. */
async function readComposerFile(path: string): Promise<string> {
  try {
    const archive = await readArchive(path);
    const tops = new Set(archive.entries.map((entry) => entry.path.split('/')[0]!));
    const names = ['composer.json', ...(tops.size === 1 ? [`${[...tops][0]!}/composer.json`] : [])];
    const name = names.find((candidate) =>
      archive.entries.some((entry) => entry.path === candidate && !entry.isDirectory),
    );
    if (name === undefined) throw new ComposerError('COMPOSER_JSON_MISSING');
    return (await archive.read(name, MAX_COMPOSER_JSON)).toString();
  } catch (cause) {
    if (cause instanceof ArchiveError) throw new ComposerError('ARCHIVE_REFUSED', { reason: cause.code }, { cause });
    throw cause;
  }
}

function versionFor(json: ComposerJson, named: string | undefined): ComposerVersion {
  const version = json.version ?? named;
  if (version === undefined) throw new ComposerError('VERSION_MISSING');
  const normalized = normalizeVersion(version);
  if (normalized === undefined || isDevVersion(normalized)) throw new ComposerError('VERSION_INVALID');
  if (named !== undefined && normalizeVersion(named) !== normalized) {
    throw new ComposerError('VERSION_MISMATCH', { version: json.version });
  }
  return { version, normalized, isDev: false };
}

export async function sha1Of(path: string): Promise<string> {
  const hash = createHash('sha1');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
