import { readFileSync } from 'node:fs';
import {
  LICENSE_TOKEN_TTL_SECONDS,
  licenseResponseText,
  readLicenseResponse,
  signLicenseToken,
  verifyLicenseToken,
  type AskedFor,
  type Ed25519PrivateJwk,
  type Ed25519PublicJwk,
  type LicenseClaims,
} from './index.js';

interface Forged {
  readonly code: string;
  readonly attack: string;
  readonly field?: string;
  readonly now?: number;
  readonly response: string;
}
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/license-response.json', import.meta.url), 'utf8'),
) as {
  private_key: Ed25519PrivateJwk & { kid: string };
  keys: Ed25519PublicJwk[];
  asked: Omit<AskedFor, 'keys'>;
  now: number;
  claims: LicenseClaims;
  token: string;
  text: string;
  revocations: string;
  accepted: string[];
  refused: Forged[];
};
const { asked, claims, keys, private_key: privateJwk, text, token } = vector;
const at = (seconds: number) => new Date(seconds * 1_000);
const { iat, exp, ...unsigned } = claims;
const sign = (change: Partial<LicenseClaims> = {}) => {
  return signLicenseToken({ ...unsigned, ...change }, { privateJwk, kid: privateJwk.kid }, at(vector.now));
};
const verify = async (response: string, now = vector.now) =>
  verifyLicenseToken(readLicenseResponse(response).token({ ...asked, keys }), keys, asked, at(now));

it('makes exactly the answer of the vector, and its short form', async () => {
  expect(exp - iat).toBe(LICENSE_TOKEN_TTL_SECONDS);
  await expect(sign()).resolves.toBe(token);
  expect(licenseResponseText(token)).toBe(text);
});

it.each(vector.accepted)('accepts %.30s', async (notation) => {
  expect(readLicenseResponse(notation).request).toBe(claims.request);
  await expect(verify(notation)).resolves.toEqual(claims);
});

it('has the list of revocations in its file only', () => {
  const [, , , file] = vector.accepted;
  expect(readLicenseResponse(file!).revocations).toBe(vector.revocations);
  expect(readLicenseResponse(JSON.stringify({ license_response: token })).revocations).toBeNull();
  expect(readLicenseResponse(text).revocations).toBeNull();
});

it.each(vector.refused.map((row) => [row.code, row.attack, row] as const))(
  'refuses with %s: %s',
  async (code, _attack, row) => {
    const refusal = { name: 'TrustError', code, ...(row.field ? { field: row.field } : {}) };
    await expect(verify(row.response, row.now)).rejects.toMatchObject(refusal);
  },
);

it.each(['free', 'one_time', 'subscription', 'per_instance'])(
  'says the same in both notations for %s',
  async (kind) => {
    const ends = { license_expires_at: null, updates_until: '2027-01-02T03:04:05.678Z' };
    const made = await sign({ kind, ...ends });
    expect(readLicenseResponse(licenseResponseText(made)).token({ ...asked, keys })).toBe(made);
  },
);
