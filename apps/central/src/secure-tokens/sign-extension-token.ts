import { createPrivateKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';

/** Claims of a secure token: the documented five, and four that bind it (docs/protocol/secure-tokens.md §2). */
export interface ExtensionTokenClaims {
  /** The person. */
  readonly sub: string;
  /** The person's e-mail, despite the name. For display only. */
  readonly name: string;
  /** The shop. */
  readonly tenant: string;
  readonly iat: number;
  readonly exp: number;
  readonly iss: string;
  /** Origin of the one API it is for. */
  readonly aud: string;
  readonly jti: string;
  /** The extension. */
  readonly ext: string;
}

/** How long a secure token lives, in seconds. */
export const EXTENSION_TOKEN_SECONDS = 300;

export interface ExtensionSigner {
  readonly kid: string;
  readonly key: KeyObject;
  /** The encoded header, the same for every token of the key. */
  readonly header: string;
}

/** Reads a P-256 private key once, to sign many tokens with. */
export function extensionSigner(kid: string, privateJwk: JsonWebKey): ExtensionSigner {
  const key = createPrivateKey({ key: privateJwk, format: 'jwk' });
  return { kid, key, header: encode({ alg: 'ES256', kid, typ: 'ext+jwt' }) };
}

/** A compact JWS with a raw 64-byte signature (RFC 7518 §3.4). */
export function signExtensionToken({ key, header }: ExtensionSigner, claims: ExtensionTokenClaims): string {
  const signed = `${header}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
