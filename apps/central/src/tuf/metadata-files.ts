import { sha256Hex } from '@hansa/trust';
import { Metadata, MetadataKind, MetaFile, type Root, Snapshot, type Targets, Timestamp } from '@tufjs/models';
import { signatureOf, signWith, SPEC_VERSION } from './tuf-keys.js';
import { BIN_COUNT, binName } from './bins.js';
import type { OnlineKey } from './online-keys.js';
import type { TufBin, TufFile, TufTarget } from './tuf-tables.entity.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long metadata is good for, and how long before its end it is signed again. A shop that is shown old metadata (a freeze)
 * notices when the timestamp ends; bins are many, so they live longer.
 */
export const LIFETIMES = {
  timestamp: { validMs: DAY_MS, renewMs: DAY_MS / 2 },
  snapshot: { validMs: 7 * DAY_MS, renewMs: 4 * DAY_MS },
  bin: { validMs: 30 * DAY_MS, renewMs: 10 * DAY_MS },
} as const;

type NewFile = Omit<TufFile, 'writtenAt'>;

/** A bin with everything in it. */
export function binFile(
  { bin, version }: Pick<TufBin, 'bin' | 'version'>,
  targets: readonly TufTarget[],
  key: OnlineKey,
  now: Date,
): NewFile {
  const expiresAt = end(now, LIFETIMES.bin.validMs);
  const files = targets.map(
    ({ path, sizeBytes, sha256 }) => [path, { length: sizeBytes, hashes: { sha256 } }] as const,
  );
  // As plain JSON: the library's `toJSON` copies all targets for each of them, 100 ms in a bin of 400.
  const signed = {
    _type: 'targets',
    spec_version: SPEC_VERSION,
    version,
    expires: instant(expiresAt),
    targets: Object.fromEntries(files),
  };
  const role = binName(bin);
  const body = Buffer.from(
    JSON.stringify({ signatures: [signatureOf(signed, key.publicKey, key.privateKey)], signed }),
  );
  return { name: `${version}.${role}.json`, role, version, body, expiresAt };
}

/** The versions, lengths and digests of all bins and of the targets role: one consistent state of the repository. */
export function snapshotFile(
  version: number,
  parts: { readonly targets: TufFile; readonly bins: readonly TufBin[] },
  key: OnlineKey,
  now: Date,
): NewFile {
  const { targets, bins } = parts;
  // A snapshot that leaves a bin out would hide its releases from every shop.
  if (bins.length !== BIN_COUNT) throw new Error(`${bins.length} bins of ${BIN_COUNT}`);
  const meta = Object.fromEntries([
    ['targets.json', metaFile(targets.version, targets.body)] as const,
    ...bins.map(
      (bin) =>
        [
          `${binName(bin.bin)}.json`,
          new MetaFile({ version: bin.version, length: bin.sizeBytes!, hashes: { sha256: bin.sha256! } }),
        ] as const,
    ),
  ]);
  const expiresAt = end(now, LIFETIMES.snapshot.validMs);
  const signed = new Snapshot({ specVersion: SPEC_VERSION, version, expires: instant(expiresAt), meta });
  const body = signedBody(new Metadata(signed), key);
  return { name: `${version}.snapshot.json`, role: 'snapshot', version, body, expiresAt };
}

/** Names the newest snapshot, for a day. */
export function timestampFile(version: number, snapshot: NewFile, key: OnlineKey, now: Date): NewFile {
  const expiresAt = end(now, LIFETIMES.timestamp.validMs);
  const snapshotMeta = metaFile(snapshot.version, snapshot.body);
  const signed = new Timestamp({ specVersion: SPEC_VERSION, version, expires: instant(expiresAt), snapshotMeta });
  const body = signedBody(new Metadata(signed), key);
  return { name: 'timestamp.json', role: 'timestamp', version, body, expiresAt };
}

/** A stored root or targets file as the library's object. */
export function readRoot(body: Buffer): Metadata<Root> {
  return Metadata.fromJSON(MetadataKind.Root, JSON.parse(body.toString()) as never);
}

/** The same for the targets role. */
export function readTargets(body: Buffer): Metadata<Targets> {
  return Metadata.fromJSON(MetadataKind.Targets, JSON.parse(body.toString()) as never);
}

/** RFC 3339 without fractions of a second, as TUF wants it (4.2.1). */
export function instant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function metaFile(version: number, body: Buffer): MetaFile {
  return new MetaFile({ version, length: body.length, hashes: { sha256: sha256Hex(body) } });
}

/** To the second, as it is written into the metadata. */
function end(now: Date, validMs: number): Date {
  return new Date(Math.floor((now.getTime() + validMs) / 1_000) * 1_000);
}

function signedBody(metadata: Metadata<Snapshot> | Metadata<Timestamp>, key: OnlineKey): Buffer {
  signWith(metadata, key.publicKey, key.privateKey);
  return Buffer.from(JSON.stringify(metadata.toJSON()));
}
