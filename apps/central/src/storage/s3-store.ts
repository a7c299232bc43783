import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  NotFound,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SHA256_HEX } from '@hansa/contracts';
import type { S3Settings } from '#config';
import { ArtifactStore, type ByteRange, type StoredArtifact } from './artifact-store.js';
import { StorageError } from './storage.errors.js';

const ARTIFACTS = 'sha256/';
const INCOMING = 'incoming/';
const PART_BYTES = 8 * 1024 * 1024;

/** Artifacts as objects `sha256/<first two>/<digest>` of one bucket. */
export class S3Store extends ArtifactStore {
  private readonly client: S3Client;
  /** Signs addresses for shops, which may know the server by another name. */
  private readonly signer: S3Client;

  constructor(private readonly settings: S3Settings) {
    super();
    this.client = new S3Client(clientConfig(settings, settings.endpoint));
    this.signer = new S3Client(clientConfig(settings, settings.publicEndpoint));
  }

  /**
   * The digest is known when the last byte has come, so the bytes go under a name of their own first, in parts, and are copied
   * inside the store: two parts are held in memory, whatever the size.
   */
  async put(bytes: Readable, maxBytes: number): Promise<StoredArtifact> {
    const key = INCOMING + randomUUID();
    const meter = new Meter(maxBytes);
    const Body = Readable.from(meter.through(bytes), { objectMode: false });
    const params = { ...this.named(key), Body, ContentType: 'application/zip' };
    try {
      // What fails on the way is aborted, parts and all.
      await new Upload({ client: this.client, params, partSize: PART_BYTES, queueSize: 1 }).done();
      const artifact = meter.artifact();
      const CopySource = `${this.settings.bucket}/${key}`;
      await this.client.send(new CopyObjectCommand({ ...this.named(keyOf(artifact.sha256)), CopySource }));
      return artifact;
    } finally {
      await this.client.send(new DeleteObjectCommand(this.named(key)));
    }
  }

  async find(sha256: string): Promise<StoredArtifact | undefined> {
    if (!SHA256_HEX.test(sha256)) return undefined;
    try {
      const { ContentLength: sizeBytes = 0 } = await this.client.send(new HeadObjectCommand(this.named(keyOf(sha256))));
      return { sha256, sizeBytes };
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  open(sha256: string, range?: ByteRange): Readable {
    const Range = range && `bytes=${range.start}-${range.end}`;
    return Readable.from(
      this.read(new GetObjectCommand({ ...this.named(keyOf(sha256)), ...(Range ? { Range } : {}) })),
      {
        objectMode: false,
      },
    );
  }

  async localCopy(sha256: string): Promise<{ path: string; done: () => Promise<void> }> {
    const directory = await mkdtemp(join(tmpdir(), 'hansa-artifact-'));
    const done = () => rm(directory, { recursive: true, force: true });
    const path = join(directory, `${sha256}.zip`);
    try {
      await pipeline(this.open(sha256), createWriteStream(path));
      return { path, done };
    } catch (error) {
      await done();
      throw error;
    }
  }

  async directUrl(sha256: string, seconds: number): Promise<string | null> {
    if (!this.settings.presigned) return null;
    return getSignedUrl(this.signer, new GetObjectCommand(this.named(keyOf(sha256))), { expiresIn: seconds });
  }

  async *list(): AsyncGenerator<{ sha256: string; storedAt: Date }> {
    for await (const { key, at } of this.objects(ARTIFACTS)) {
      if (SHA256_HEX.test(basename(key))) yield { sha256: basename(key), storedAt: at };
    }
  }

  async remove(sha256: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.named(keyOf(sha256))));
  }

  async removeUnfinished(before: Date): Promise<number> {
    const { bucket: Bucket } = this.settings;
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: INCOMING }));
    const old = Uploads.filter(({ Initiated }) => Initiated !== undefined && Initiated < before);
    for (const { Key, UploadId } of old)
      await this.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    let removed = old.length;
    for await (const { key, at } of this.objects(INCOMING)) {
      if (at >= before) continue;
      await this.client.send(new DeleteObjectCommand(this.named(key)));
      removed += 1;
    }
    return removed;
  }

  private async *read(command: GetObjectCommand): AsyncGenerator<Buffer> {
    const { Body } = await this.client.send(command);
    yield* Body as Readable as AsyncIterable<Buffer>;
  }

  private async *objects(prefix: string): AsyncGenerator<{ key: string; at: Date }> {
    const query = { Bucket: this.settings.bucket, Prefix: prefix };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.client }, query)) {
      for (const { Key: key, LastModified: at } of Contents) if (key !== undefined && at) yield { key, at };
    }
  }

  private named(Key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key };
  }
}

/** Hashes and counts what runs through, and ends it at the first byte too many. */
class Meter {
  private readonly hash: Hash = createHash('sha256');
  private sizeBytes = 0;

  constructor(private readonly maxBytes: number) {}

  async *through(bytes: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      this.sizeBytes += chunk.length;
      if (this.sizeBytes > this.maxBytes) throw new StorageError('ARTIFACT_TOO_LARGE');
      this.hash.update(chunk);
      yield chunk;
    }
  }

  artifact(): StoredArtifact {
    return { sha256: this.hash.digest('hex'), sizeBytes: this.sizeBytes };
  }
}

function keyOf(sha256: string): string {
  return `${ARTIFACTS}${sha256.slice(0, 2)}/${sha256}`;
}

function clientConfig(settings: S3Settings, endpoint: string | undefined): S3ClientConfig {
  return {
    region: settings.region,
    forcePathStyle: settings.pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(settings.credentials ? { credentials: settings.credentials } : {}),
    // Servers other than AWS do not know the checksums the SDK adds by itself; the digest is ours.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}
