import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Metadata, Root, Targets } from '@tufjs/models';
import type { KeyPurpose, KeyRing, RingKey } from '#signing';
import { TufError } from './tuf.errors.js';
import { tufKeyId, tufKeyOf, type TufPublicKey } from './tuf-keys.js';

export interface OnlineKey {
  readonly publicKey: TufPublicKey;
  readonly privateKey: KeyObject;
}

/** One key a role, so that whoever steals the timestamp key can neither name another snapshot's content nor a target. */
export interface OnlineKeys {
  readonly timestamp: OnlineKey;
  readonly snapshot: OnlineKey;
  readonly bins: OnlineKey;
}

const PURPOSES = { timestamp: 'tuf-timestamp', snapshot: 'tuf-snapshot', bins: 'tuf-bins' } as const satisfies Record<
  keyof OnlineKeys,
  KeyPurpose
>;

/**
 * The live keys the root and the targets role name. After `ops rotate-key` the old key signs on until a root names the new one.
 *
 * @throws {TufError} ONLINE_KEY_NOT_IN_ROOT
 */
export function onlineKeys(ring: KeyRing, root: Metadata<Root>, targets: Metadata<Targets>): OnlineKeys {
  const pick = (purpose: KeyPurpose, keyIds: readonly string[]): OnlineKey => {
    const key = ring
      .accepted(purpose)
      .find(({ publicJwk }) => publicJwk && keyIds.includes(tufKeyId(tufKeyOf(publicJwk))));
    if (!key) throw new TufError('ONLINE_KEY_NOT_IN_ROOT');
    return keyOf(key);
  };
  const { roles } = root.signed;
  return {
    timestamp: pick(PURPOSES.timestamp, roles['timestamp']?.keyIDs ?? []),
    snapshot: pick(PURPOSES.snapshot, roles['snapshot']?.keyIDs ?? []),
    bins: pick(PURPOSES.bins, targets.signed.delegations?.succinctRoles?.keyIDs ?? []),
  };
}

/** The newest live keys: what the next root names. */
export function newestOnlineKeys(ring: KeyRing): Record<keyof OnlineKeys, TufPublicKey> {
  const newest = (purpose: KeyPurpose) => keyOf(ring.accepted(purpose)[0]!).publicKey;
  return {
    timestamp: newest(PURPOSES.timestamp),
    snapshot: newest(PURPOSES.snapshot),
    bins: newest(PURPOSES.bins),
  };
}

function keyOf({ publicJwk, privateJwk }: RingKey): OnlineKey {
  return {
    publicKey: tufKeyOf(publicJwk!),
    privateKey: createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' }),
  };
}
