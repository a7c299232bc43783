import { readFileSync } from 'node:fs';
import {
  signRevocationList,
  verifyRevocationList,
  type Ed25519PrivateJwk,
  type Ed25519PublicJwk,
  type RevocationList,
} from './index.js';

interface Forged {
  readonly code: string;
  readonly attack: string;
  readonly field?: string;
  readonly now?: number;
  readonly jws: string;
}
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/revocation-list.json', import.meta.url), 'utf8'),
) as {
  private_key: Ed25519PrivateJwk & { kid: string };
  keys: Ed25519PublicJwk[];
  issuer: string;
  now: number;
  claims: RevocationList;
  jws: string;
  refused: Forged[];
};
const { claims, issuer, jws, keys, private_key: privateJwk } = vector;
const { iat, exp, ...unsigned } = claims;
const key = { privateJwk, kid: privateJwk.kid };
const at = (seconds: number) => new Date(seconds * 1_000);
const verify = (list: string, now = vector.now) => verifyRevocationList(list, keys, { issuer }, at(now));

it('makes exactly the list of the vector, and reads it', async () => {
  await expect(signRevocationList({ ...unsigned, ttlSeconds: exp - iat }, key, at(iat + 0.9))).resolves.toBe(jws);
  await expect(verify(jws)).resolves.toEqual(claims);
});

it.each(vector.refused.map((row) => [row.code, row.attack, row] as const))(
  'refuses with %s: %s',
  async (code, _attack, row) => {
    const refusal = { name: 'TrustError', code, ...(row.field ? { field: row.field } : {}) };
    await expect(verify(row.jws, row.now)).rejects.toMatchObject(refusal);
  },
);

it('carries far more licenses than a token is long, and no more than there is room for', async () => {
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `lic_${String(at).padStart(26, '0')}`);
  const sign = (revoked: string[]) => signRevocationList({ ...unsigned, revoked, ttlSeconds: 60 }, key, at(iat));
  await expect(verify(await sign(ids(50_000)))).resolves.toMatchObject({ sequence: 42 });
  await expect(verify(await sign(ids(100_000)))).rejects.toMatchObject({ code: 'TOKEN_MALFORMED' });
});
