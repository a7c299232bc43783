import { readFileSync } from 'node:fs';
import {
  canonicalJson,
  generateEd25519,
  releaseKeyId,
  signRelease,
  thumbprint,
  verifyRelease,
  type Ed25519PrivateJwk,
  type Ed25519PublicJwk,
  type ReleaseStatement,
} from './index.js';

interface Forged {
  readonly code: string;
  readonly attack: string;
  readonly field?: string;
  readonly now?: number;
  readonly sig: string;
}
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/release-signature.json', import.meta.url), 'utf8'),
) as {
  private_key: Ed25519PrivateJwk;
  public_key: Ed25519PublicJwk;
  statement: ReleaseStatement;
  payload: string;
  sig: string;
  refused: Forged[];
};
const { statement, sig, public_key: publicKey, private_key: privateKey } = vector;

it('makes exactly the .sig of the vector, over exactly its bytes', async () => {
  expect(canonicalJson(statement)).toBe(vector.payload);
  await expect(signRelease(statement, privateKey)).resolves.toBe(sig);
  await expect(verifyRelease(sig, publicKey, statement)).resolves.toEqual(statement);
});

it('reads a .sig file that ends in a line break', async () => {
  expect(releaseKeyId(`${sig}\n`)).toBe(publicKey.kid);
  await expect(verifyRelease(`${sig}\n`, publicKey, statement)).resolves.toEqual(statement);
});

it.each(vector.refused.map((row) => [row.code, row.attack, row] as const))(
  'refuses with %s: %s',
  async (code, _attack, { sig: forged, field }) => {
    const refusal = { name: 'TrustError', code, ...(field ? { field } : {}) };
    await expect(verifyRelease(forged, publicKey, statement)).rejects.toMatchObject(refusal);
  },
);

it('names no key for what is no signature', () => {
  expect(() => releaseKeyId('x')).toThrow(expect.objectContaining({ code: 'SIGNATURE_MALFORMED' }));
});

it('keeps why the signature failed', async () => {
  const { privateJwk } = generateEd25519();
  const forged = await signRelease(statement, { ...privateKey, d: privateJwk.d, x: privateJwk.x });
  await expect(verifyRelease(forged, publicKey, statement)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
  const mismatch = vector.refused.find((row) => row.code === 'SIGNATURE_MISMATCH')?.sig ?? '';
  await expect(verifyRelease(mismatch, publicKey, statement)).rejects.toMatchObject({
    cause: { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' },
  });
});

it('refuses to believe a weak key, whatever it signed', async () => {
  const weak = { kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32).toString('base64url') } as const;
  const header = { alg: 'EdDSA', kid: thumbprint(weak), typ: 'release+jws' };
  const forged = [JSON.stringify(header), vector.payload, Buffer.alloc(64)].map((part) =>
    Buffer.from(part).toString('base64url'),
  );
  await expect(verifyRelease(forged.join('.'), weak, statement)).rejects.toMatchObject({ code: 'KEY_WEAK' });
});

it('signs nothing but a whole statement', async () => {
  await expect(signRelease({ ...statement, sha256: 'x' }, privateKey)).rejects.toMatchObject({
    code: 'STATEMENT_MALFORMED',
    field: 'sha256',
  });
  await expect(signRelease({ ...statement, version: '' }, privateKey)).rejects.toMatchObject({ field: 'version' });
  await expect(signRelease({ ...statement, size_bytes: -1 }, privateKey)).rejects.toMatchObject({
    field: 'size_bytes',
  });
});
