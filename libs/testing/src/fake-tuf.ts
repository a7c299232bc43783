import { createHash, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';
import { sha256Hex } from '@hansa/trust';

const DAY_MS = 24 * 3_600_000;

/** A key of a TUF role with both halves. */
export class TufKey {
  readonly publicKey: { keytype: string; scheme: string; keyval: { public: string } };
  readonly id: string;
  private readonly privateKey: KeyObject;

  constructor() {
    const pair = generateKeyPairSync('ed25519');
    const x = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('hex');
    this.publicKey = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: x } };
    this.id = createHash('sha256').update(canonicalize(this.publicKey)).digest('hex');
    this.privateKey = pair.privateKey;
  }

  signatureOf(signed: object): { keyid: string; sig: string } {
    return { keyid: this.id, sig: signBytes(null, Buffer.from(canonicalize(signed)), this.privateKey).toString('hex') };
  }
}

/** A file the repository names. */
export interface TufRelease {
  readonly marketplaceId: string;
  readonly version: string;
  readonly zip: Buffer;
  readonly sha256: string;
}

interface Signed {
  readonly version: number;
  readonly [field: string]: unknown;
}

/**
 * A hub's TUF repository that does what it is told, attacks included. Written without the library the hub uses, from the
 * specification. Two bins.
 */
export class FakeTuf {
  /** What is served, by name. */
  files = new Map<string, Buffer>();
  /** Two of these sign the root and the targets role. */
  rootKeys = [new TufKey(), new TufKey(), new TufKey()];
  timestampKey = new TufKey();
  snapshotKey = new TufKey();
  binsKey = new TufKey();
  expires = new Date(Date.now() + DAY_MS);
  /** Served instead of a file: data without end. */
  endless: string | undefined;
  private readonly versions = { root: 0, targets: 0, snapshot: 0, timestamp: 0, bins: 0 };
  private readonly targets: Record<string, object> = {};

  constructor() {
    this.rotate();
  }

  /** Publishes the next root with the keys as they stand, signed by them and by `also`, and everything under it. */
  rotate(also: readonly TufKey[] = []): void {
    const held = { keyids: this.rootKeys.map(({ id }) => id), threshold: 2 };
    const alone = ({ id }: TufKey) => ({ keyids: [id], threshold: 1 });
    const keys = [...this.rootKeys, this.timestampKey, this.snapshotKey];
    const roles = { root: held, targets: held, snapshot: alone(this.snapshotKey), timestamp: alone(this.timestampKey) };
    const root = { keys: keysById(keys), roles, consistent_snapshot: true };
    this.put('root', this.signed('root', 'root', root), [...this.rootKeys.slice(0, 2), ...also]);
    const succinct = { ...alone(this.binsKey), bit_length: 1, name_prefix: 'bins' };
    const delegations = { keys: keysById([this.binsKey]), succinct_roles: succinct };
    this.put('targets', this.signed('targets', 'targets', { targets: {}, delegations }), this.rootKeys.slice(0, 2));
    this.sign();
  }

  /** Names these releases too. */
  release(...releases: readonly TufRelease[]): void {
    for (const { marketplaceId, version, zip, sha256 } of releases) {
      this.targets[`${marketplaceId}/${version}.zip`] = { length: zip.length, hashes: { sha256 } };
    }
    this.sign();
  }

  yank({ marketplaceId, version }: TufRelease): void {
    Reflect.deleteProperty(this.targets, `${marketplaceId}/${version}.zip`);
    this.sign();
  }

  /** Signs bins, snapshot and timestamp again. */
  sign(): void {
    const { version } = this.signed('bins', 'targets', {});
    for (const bin of [0, 1]) {
      const inBin = Object.entries(this.targets).filter(([path]) => binOf(path) === bin);
      this.put(`bins-${bin}`, { ...this.headerOf('targets', version), targets: Object.fromEntries(inBin) }, [
        this.binsKey,
      ]);
    }
    this.signSnapshot([this.snapshotKey]);
    this.signTimestamp([this.timestampKey]);
  }

  signSnapshot(keys: readonly TufKey[]): void {
    const { targets, bins } = this.versions;
    const meta = {
      'targets.json': this.metaOf(`${targets}.targets.json`, targets),
      'bins-0.json': this.metaOf(`${bins}.bins-0.json`, bins),
      'bins-1.json': this.metaOf(`${bins}.bins-1.json`, bins),
    };
    this.put('snapshot', this.signed('snapshot', 'snapshot', { meta }), keys);
  }

  /** Names the snapshot of this version, the newest unless told. */
  signTimestamp(keys: readonly TufKey[], snapshot = this.versions.snapshot): void {
    const meta = { 'snapshot.json': this.metaOf(`${snapshot}.snapshot.json`, snapshot) };
    this.put('timestamp', this.signed('timestamp', 'timestamp', { meta }), keys, 'timestamp.json');
  }

  /** What is served now, to be shown again later. */
  copy(): Map<string, Buffer> {
    return new Map(this.files);
  }

  private signed(role: keyof FakeTuf['versions'], type: string, fields: object): Signed {
    this.versions[role] += 1;
    return { ...this.headerOf(type, this.versions[role]), ...fields };
  }

  private headerOf(type: string, version: number): Signed {
    return { _type: type, spec_version: '1.0.31', version, expires: `${this.expires.toISOString().slice(0, 19)}Z` };
  }

  private put(role: string, signed: Signed, keys: readonly TufKey[], name = `${signed.version}.${role}.json`): void {
    const signatures = keys.map((key) => key.signatureOf(signed));
    this.files.set(name, Buffer.from(JSON.stringify({ signatures, signed })));
  }

  private metaOf(name: string, version: number): object {
    const body = this.files.get(name)!;
    return { version, length: body.length, hashes: { sha256: sha256Hex(body) } };
  }
}

function binOf(path: string): number {
  return createHash('sha256').update(path).digest()[0]! >> 7;
}

function keysById(keys: readonly TufKey[]): object {
  return Object.fromEntries(keys.map(({ id, publicKey }) => [id, publicKey]));
}
