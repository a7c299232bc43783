import { canonicalJson } from './canonical-json.js';
import { readCompact, signCompact, verifySigned } from './compact-jws.js';
import { thumbprint } from './digest.js';
import { type Ed25519PrivateJwk, type Ed25519PublicJwk } from './ed25519.js';
import { type JsonObject } from './strict-json.js';
import { TrustError } from './trust-error.js';

const TYP = 'release+jws';
const SHA256 = /^[0-9a-f]{64}$/;
const RFC3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** What a publisher signs: which bytes are which version of which package (federation protocol §5). */
export interface ReleaseStatement {
  readonly marketplace_id: string;
  readonly version: string;
  /** Of the zip, lower-case hex. */
  readonly sha256: string;
  readonly size_bytes: number;
  /** Of `manifest.json` as it stands in the zip. */
  readonly manifest_sha256: string;
  /** RFC 3339, UTC. */
  readonly signed_at: string;
}

const IS_VALID: Readonly<Record<keyof ReleaseStatement, (value: unknown) => boolean>> = {
  marketplace_id: isText,
  version: isText,
  sha256: (value) => typeof value === 'string' && SHA256.test(value),
  size_bytes: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  manifest_sha256: (value) => typeof value === 'string' && SHA256.test(value),
  signed_at: (value) => typeof value === 'string' && RFC3339_UTC.test(value) && !Number.isNaN(Date.parse(value)),
};
const FIELDS = Object.keys(IS_VALID) as (keyof ReleaseStatement)[];
const COMPARED = ['marketplace_id', 'version', 'sha256', 'size_bytes', 'manifest_sha256'] as const;

/**
 * Makes the `.sig` of a release: a compact JWS over the canonical statement (§5).
 *
 * @throws {TrustError} STATEMENT_MALFORMED
 */
export async function signRelease(statement: ReleaseStatement, privateJwk: Ed25519PrivateJwk): Promise<string> {
  return signCompact(TYP, canonicalJson(readStatement({ ...statement })), privateJwk, thumbprint(privateJwk));
}

/**
 * The thumbprint of the key a `.sig` says it was made with. Unverified: good for choosing a key and for nothing else.
 *
 * @throws {TrustError} SIGNATURE_MALFORMED
 */
export function releaseKeyId(sig: string): string {
  return readCompact(sig.trim(), TYP, 'SIGNATURE_MALFORMED').kid;
}

/**
 * Returns the statement of a `.sig` if `publicKey` made it for exactly the release that is `expected`, so that a
 * signature cannot be moved to another name, version or file.
 *
 * @throws {TrustError} SIGNATURE_MALFORMED, KEY_UNKNOWN (made with another key), SIGNATURE_MISMATCH,
 *   STATEMENT_NOT_CANONICAL, STATEMENT_MALFORMED, STATEMENT_MISMATCH (`field` names the first that differs), or a code
 *   of `readEd25519PublicKey`
 */
export async function verifyRelease(
  sig: string,
  publicKey: Ed25519PublicJwk,
  expected: Omit<ReleaseStatement, 'signed_at'>,
): Promise<ReleaseStatement> {
  const jws = readCompact(sig.trim(), TYP, 'SIGNATURE_MALFORMED');
  if (jws.kid !== thumbprint(publicKey))
    throw new TrustError('KEY_UNKNOWN', 'The release was signed with another key.');
  await verifySigned(jws, publicKey);
  if (canonicalJson(jws.payload) !== jws.payloadText) {
    throw new TrustError('STATEMENT_NOT_CANONICAL', 'The statement is not in RFC 8785 form.');
  }
  const statement = readStatement(jws.payload);
  const field = COMPARED.find((name) => statement[name] !== expected[name]);
  if (field) throw new TrustError('STATEMENT_MISMATCH', `The signature is for another ${field}.`, { field });
  return statement;
}

/** Exactly the six members, each of its form: a publisher must not be able to sign more than the protocol defines. */
function readStatement(value: JsonObject): ReleaseStatement {
  const field =
    FIELDS.find((name) => !IS_VALID[name](value[name])) ?? Object.keys(value).find((name) => !isField(name));
  if (field) throw new TrustError('STATEMENT_MALFORMED', `The statement's ${field} is not as defined.`, { field });
  return value as unknown as ReleaseStatement;
}

function isField(name: string): name is keyof ReleaseStatement {
  return Object.hasOwn(IS_VALID, name);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= 256;
}
