import { readFileSync } from 'node:fs';
import {
  LICENSE_TOKEN_TTL_SECONDS,
  signLicenseToken,
  verifyLicenseToken,
  type Ed25519PrivateJwk,
  type LicenseClaims,
} from './index.js';

interface Forged {
  readonly code: string;
  readonly attack: string;
  readonly field?: string;
  readonly now?: number;
  readonly token: string;
}
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/license-token.json', import.meta.url), 'utf8'),
) as {
  private_key: Ed25519PrivateJwk & { kid: string };
  keys: Ed25519PrivateJwk[];
  now: number;
  expected: { issuer: string; instanceId: string; marketplaceId: string };
  claims: LicenseClaims;
  token: string;
  accepted: { what: string; now: number }[];
  refused: Forged[];
};
const { claims, expected, keys, token, private_key: privateJwk } = vector;
const key = { privateJwk, kid: privateJwk.kid };
const { iat, exp, ...unsigned } = claims;
const at = (seconds: number) => new Date(seconds * 1000);

it('makes exactly the token of the vector, good for 30 days', async () => {
  expect(exp - iat).toBe(LICENSE_TOKEN_TTL_SECONDS);
  await expect(signLicenseToken(unsigned, key, at(iat + 0.9))).resolves.toBe(token);
  await expect(verifyLicenseToken(token, keys, expected, at(vector.now))).resolves.toEqual(claims);
});

it('lives as long as the signer says', async () => {
  const short = await signLicenseToken({ ...unsigned, ttlSeconds: 60 }, key, at(vector.now));
  await expect(verifyLicenseToken(short, keys, expected, at(vector.now))).resolves.toMatchObject({
    exp: vector.now + 60,
  });
});

it.each(vector.accepted.map((row) => [row.what, row.now] as const))('accepts at %s', async (_what, now) => {
  await expect(verifyLicenseToken(token, keys, expected, at(now))).resolves.toEqual(claims);
});

it.each(vector.refused.map((row) => [row.code, row.attack, row] as const))(
  'refuses with %s: %s',
  async (code, _attack, row) => {
    const refusal = { name: 'TrustError', code, ...(row.field ? { field: row.field } : {}) };
    await expect(verifyLicenseToken(row.token, keys, expected, at(row.now ?? vector.now))).rejects.toMatchObject(
      refusal,
    );
  },
);

it('drops claims it does not know and finds a key without kid by its thumbprint', async () => {
  const more = await signLicenseToken({ ...unsigned, extra: 1 } as typeof unsigned, key, at(vector.now));
  const { kty, crv, x } = privateJwk;
  await expect(verifyLicenseToken(more, [{ kty, crv, x }], expected, at(vector.now))).resolves.toEqual(claims);
});

it('refuses what is not even a text', async () => {
  await expect(verifyLicenseToken(undefined as never, keys, expected, at(vector.now))).rejects.toMatchObject({
    code: 'TOKEN_MALFORMED',
  });
});
