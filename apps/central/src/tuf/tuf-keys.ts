import { createHash, sign, type KeyObject } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';
import { Signature, type Metadata } from '@tufjs/models';

/** The version of the TUF specification metadata is written to. */
export const SPEC_VERSION = '1.0.31';

/** Public half of an Ed25519 key as TUF writes it. A type, not an interface: it goes into JSON. */
export type TufPublicKey = {
  readonly keytype: 'ed25519';
  readonly scheme: 'ed25519';
  /** 32 bytes in hex. */
  readonly keyval: { readonly public: string };
};

/** The key of a JWK (`kty: OKP`, `crv: Ed25519`). */
export function tufKeyOf({ x }: Readonly<Record<string, unknown>>): TufPublicKey {
  return {
    keytype: 'ed25519',
    scheme: 'ed25519',
    keyval: { public: Buffer.from(String(x), 'base64url').toString('hex') },
  };
}

/** How metadata names a key: SHA-256 of its canonical JSON (TUF 4.2). */
export function tufKeyId(key: TufPublicKey): string {
  return createHash('sha256').update(canonicalize(key)).digest('hex');
}

type AnyMetadata = Pick<Metadata<never>, 'sign'>;

/** Adds the signature of a private key to metadata, in place of one it made before. */
export function signWith(metadata: AnyMetadata, key: TufPublicKey, privateKey: KeyObject): void {
  const keyID = tufKeyId(key);
  metadata.sign((bytes) => new Signature({ keyID, sig: sign(null, bytes, privateKey).toString('hex') }));
}

/** The signature of a private key over the `signed` part of metadata, as it stands beside it (TUF 4.2.1). */
export function signatureOf(signed: object, key: TufPublicKey, privateKey: KeyObject): { keyid: string; sig: string } {
  const sig = sign(null, Buffer.from(canonicalize(signed)), privateKey).toString('hex');
  return { keyid: tufKeyId(key), sig };
}
