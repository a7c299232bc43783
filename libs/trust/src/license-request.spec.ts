import { readFileSync } from 'node:fs';
import { fromHandText, toHandText } from './hand-text.js';
import {
  generateEd25519,
  licenseRequestText,
  newLicenseKey,
  signLicenseRequest,
  verifyLicenseRequest,
  type Ed25519PrivateJwk,
  type LicenseRequestClaims,
} from './index.js';

interface Forged {
  readonly code: string;
  readonly attack: string;
  readonly field?: string;
  readonly now?: number;
  readonly request: string;
}
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/license-request.json', import.meta.url), 'utf8'),
) as {
  private_key: Ed25519PrivateJwk;
  audience: string;
  now: number;
  claims: LicenseRequestClaims;
  request: string;
  text: string;
  accepted: string[];
  refused: Forged[];
};
const { audience, claims, private_key: privateJwk, request, text } = vector;
const at = (seconds: number) => new Date(seconds * 1_000);
const verify = (what: string, now = vector.now) => verifyLicenseRequest(what, { audience }, at(now));

it('makes exactly the request of the vector, and its short form', async () => {
  const { sub, aud, license_key, environment, jti } = claims;
  const made = await signLicenseRequest({ sub, aud, license_key, environment, jti }, privateJwk, at(vector.now + 0.9));
  expect(made).toBe(request);
  expect(licenseRequestText(made)).toBe(text);
});

it.each(vector.accepted)('accepts %.30s', async (notation) => {
  await expect(verify(notation)).resolves.toMatchObject(claims);
});

it.each(vector.refused.map((row) => [row.code, row.attack, row] as const))(
  'refuses with %s: %s',
  async (code, _attack, row) => {
    const refusal = { name: 'TrustError', code, ...(row.field ? { field: row.field } : {}) };
    await expect(verify(row.request, row.now)).rejects.toMatchObject(refusal);
  },
);

it.each([
  ['another form', 0, 2],
  ['an environment there is none of', 1, 3],
])('refuses a short form of %s', async (_, place, byte) => {
  const bytes = fromHandText(text);
  bytes[place] = byte;
  await expect(verify(toHandText(bytes))).rejects.toMatchObject({ name: 'TrustError', code: 'TEXT_MALFORMED' });
});

it.each(['production', 'staging', 'development'] as const)(
  'says the same in both notations for %s',
  async (environment) => {
    const asked = { sub: claims.sub, aud: audience, license_key: newLicenseKey(), environment };
    const made = await signLicenseRequest(asked, generateEd25519().privateJwk, at(vector.now));
    await expect(verify(licenseRequestText(made))).resolves.toEqual(await verify(made));
  },
);

it('gives every request an id of its own', async () => {
  const { sub, aud, license_key, environment } = claims;
  const sign = () => signLicenseRequest({ sub, aud, license_key, environment }, privateJwk, at(vector.now));
  expect((await verify(await sign())).jti).not.toBe((await verify(await sign())).jti);
});
