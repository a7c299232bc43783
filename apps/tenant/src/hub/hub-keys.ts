import { readEd25519PublicKey, readX25519PublicKey, type Ed25519PublicJwk, type X25519PublicJwk } from '@hansa/trust';

type Jwk = Readonly<Record<string, unknown>>;

/** What each purpose calls the tokens its keys make (`typ` in the hub's key set); a key that says nothing may be either. */
const TYP = { license: 'license+jwt', revocations: 'license-revocations+jws', sealing: 'instance-id+jwe' } as const;

/** The keys that license tokens may be signed with. Keys of other purposes, and unsound ones, are left out. */
export function licenseKeys(keys: readonly Jwk[]): Ed25519PublicJwk[] {
  return soundKeys(keys, 'Ed25519', TYP.license, readEd25519PublicKey);
}

/** The keys that lists of revocations may be signed with. */
export function revocationKeys(keys: readonly Jwk[]): Ed25519PublicJwk[] {
  return soundKeys(keys, 'Ed25519', TYP.revocations, readEd25519PublicKey);
}

/** The key instance ids are sealed to, or null when the hub offers none that is sound. */
export function sealingKey(keys: readonly Jwk[]): X25519PublicJwk | null {
  return soundKeys(keys, 'X25519', TYP.sealing, readX25519PublicKey)[0] ?? null;
}

function soundKeys<Key>(keys: readonly Jwk[], crv: string, typ: string, read: (jwk: Jwk) => Key): Key[] {
  return keys
    .filter((key) => key['crv'] === crv && (key['typ'] === undefined || key['typ'] === typ))
    .flatMap((key) => {
      try {
        return [read(key)];
      } catch {
        return []; // one unsound key must not take the others with it
      }
    });
}
