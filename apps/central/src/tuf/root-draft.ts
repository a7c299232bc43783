import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { Metadata, MetadataKind, type Root, type Targets } from '@tufjs/models';
import { BIN_BITS, BIN_PREFIX } from './bins.js';
import { instant } from './metadata-files.js';
import type { OnlineKeys } from './online-keys.js';
import { TufError } from './tuf.errors.js';
import { signWith, SPEC_VERSION, tufKeyId, tufKeyOf, type TufPublicKey } from './tuf-keys.js';

/** Offline roles are good for a year; a ceremony before that signs them again. */
const OFFLINE_VALID_MS = 365 * 24 * 3_600_000;

/** The next root and targets role, on their way between the people who sign them. */
export interface RootDraft {
  readonly root: Metadata<Root>;
  readonly targets: Metadata<Targets>;
}

/** An offline key as it lies in its owner's file. */
export interface OfflineKey {
  readonly publicKey: TufPublicKey;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
}

export function newOfflineKey(): OfflineKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: tufKeyOf(publicKey.export({ format: 'jwk' })),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

export interface DraftParts {
  readonly rootVersion: number;
  readonly targetsVersion: number;
  readonly offlineKeys: readonly TufPublicKey[];
  /** How many of the offline keys must sign. */
  readonly threshold: number;
  readonly online: Readonly<Record<keyof OnlineKeys, TufPublicKey>>;
  readonly now: Date;
}

/**
 * The next root, unsigned: the offline keys hold root and targets, which delegates to the bins; the online keys hold the rest.
 *
 * @throws {TufError} ROOT_KEYS_FEW
 */
export function draftRoot({ offlineKeys, threshold, online, now, ...versions }: DraftParts): RootDraft {
  const offline = new Map(offlineKeys.map((key) => [tufKeyId(key), key]));
  if (threshold < 1 || offline.size < threshold) throw new TufError('ROOT_KEYS_FEW');
  const expires = instant(new Date(now.getTime() + OFFLINE_VALID_MS));
  const held = { keyids: [...offline.keys()], threshold };
  const alone = (key: TufPublicKey) => ({ keyids: [tufKeyId(key)], threshold: 1 });
  const keys = [...offline.values(), online.snapshot, online.timestamp];
  const root = {
    _type: 'root',
    spec_version: SPEC_VERSION,
    version: versions.rootVersion,
    expires,
    consistent_snapshot: true,
    keys: Object.fromEntries(keys.map((key) => [tufKeyId(key), key])),
    roles: { root: held, targets: held, snapshot: alone(online.snapshot), timestamp: alone(online.timestamp) },
  };
  const targets = {
    _type: 'targets',
    spec_version: SPEC_VERSION,
    version: versions.targetsVersion,
    expires,
    targets: {},
    delegations: {
      keys: { [tufKeyId(online.bins)]: online.bins },
      succinct_roles: { ...alone(online.bins), bit_length: BIN_BITS, name_prefix: BIN_PREFIX },
    },
  };
  return readDraft({ root: { signed: root, signatures: [] }, targets: { signed: targets, signatures: [] } });
}

/** Signs both parts of a draft. Needs nothing but the draft and the key: it can be done on a machine without a network. */
export function signDraft(draft: RootDraft, { publicKey, privateKey }: OfflineKey): void {
  const key = createPrivateKey(privateKey);
  // The id that is written beside the signature is worked out from the private key: a mislabeled file signs under its own name.
  const own = tufKeyOf(createPublicKey(key).export({ format: 'jwk' }));
  if (tufKeyId(own) !== tufKeyId(publicKey)) throw new TufError('ROOT_UNREADABLE');
  signWith(draft.root, own, key);
  signWith(draft.targets, own, key);
}

/** @throws {TufError} ROOT_UNREADABLE */
export function readDraft(value: unknown): RootDraft {
  try {
    const { root, targets } = value as { root: never; targets: never };
    return {
      root: Metadata.fromJSON(MetadataKind.Root, root),
      targets: Metadata.fromJSON(MetadataKind.Targets, targets),
    };
  } catch (cause) {
    throw new TufError('ROOT_UNREADABLE', { cause });
  }
}

/**
 * Holds a signed draft to the rules shops hold it to (TUF 5.3), so that no hub publishes a root its shops refuse.
 *
 * @throws {TufError} ROOT_NOT_NEXT, ROOT_EXPIRED, ROOT_UNDERSIGNED or ROOT_BINS_CHANGED
 */
export function checkDraft(
  { root, targets }: RootDraft,
  current: { readonly root: Metadata<Root>; readonly targetsVersion: number } | undefined,
  now: Date,
): void {
  const isNext =
    root.signed.version === (current?.root.signed.version ?? 0) + 1 &&
    targets.signed.version === (current?.targetsVersion ?? 0) + 1;
  if (!isNext) throw new TufError('ROOT_NOT_NEXT');
  if (root.signed.isExpired(now) || targets.signed.isExpired(now)) throw new TufError('ROOT_EXPIRED');
  const bins = targets.signed.delegations?.succinctRoles;
  if (bins?.bitLength !== BIN_BITS || bins.namePrefix !== BIN_PREFIX) throw new TufError('ROOT_BINS_CHANGED');
  try {
    // By the keys of the root before it, which is what makes shops follow, and by its own, which proves they exist.
    current?.root.verifyDelegate(MetadataKind.Root, root);
    root.verifyDelegate(MetadataKind.Root, root);
    root.verifyDelegate(MetadataKind.Targets, targets);
  } catch (cause) {
    throw new TufError('ROOT_UNDERSIGNED', { cause });
  }
}
