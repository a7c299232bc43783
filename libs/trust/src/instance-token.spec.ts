import { signCompact } from './compact-jws.js';
import { generateEd25519, instanceTokenSubject, signInstanceToken, verifyInstanceToken } from './index.js';

const HUB = { audience: 'https://hub.example' };
const NOW = 1_767_323_045;
const at = (seconds: number) => new Date(seconds * 1000);
const { kid, publicJwk, privateJwk } = generateEd25519();
const CLAIMS = { sub: 'inst_1', aud: HUB.audience, jti: 'j1', iat: NOW, exp: NOW + 60 };
const signed = (claims: object) =>
  signCompact('instance+jwt', JSON.stringify({ ...CLAIMS, ...claims }), privateJwk, kid);

it('is believed by the hub it was made for, for a minute', async () => {
  const token = await signInstanceToken({ instanceId: 'inst_1', ...HUB }, privateJwk, at(NOW));
  expect(instanceTokenSubject(token)).toBe('inst_1');
  const claims = await verifyInstanceToken(token, publicJwk, HUB, at(NOW));
  expect(claims).toEqual({ ...CLAIMS, jti: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  await expect(verifyInstanceToken(token, publicJwk, HUB, at(NOW + 90))).resolves.toEqual(claims);
  await expect(verifyInstanceToken(token, publicJwk, HUB, at(NOW + 91))).rejects.toMatchObject({
    code: 'TOKEN_EXPIRED',
  });
  await expect(verifyInstanceToken(token, publicJwk, HUB, at(NOW - 30))).resolves.toEqual(claims);
  await expect(verifyInstanceToken(token, publicJwk, HUB, at(NOW - 31))).rejects.toMatchObject({
    code: 'TOKEN_NOT_YET_VALID',
  });
});

it('is never the same twice', async () => {
  const make = () => signInstanceToken({ instanceId: 'inst_1', ...HUB }, privateJwk, at(NOW));
  expect(await make()).not.toBe(await make());
});

it.each([
  ['lives longer than a minute', { exp: NOW + 61 }, 'TOKEN_MALFORMED'],
  ['has no jti', { jti: undefined }, 'TOKEN_MALFORMED'],
  ['has no subject', { sub: undefined }, 'TOKEN_MALFORMED'],
  ['has an exp that is a text', { exp: String(NOW + 60) }, 'TOKEN_MALFORMED'],
  ['is for several hubs', { aud: [HUB.audience] }, 'TOKEN_MALFORMED'],
  ['is for another hub', { aud: 'https://evil.example' }, 'TOKEN_MISMATCH'],
])('is refused when it %s', async (_what, claims, code) => {
  await expect(verifyInstanceToken(await signed(claims), publicJwk, HUB, at(NOW))).rejects.toMatchObject({ code });
});

it('is refused under another key, named or not', async () => {
  const other = generateEd25519();
  const token = await signed({});
  await expect(verifyInstanceToken(token, other.publicJwk, HUB, at(NOW))).rejects.toMatchObject({
    code: 'KEY_UNKNOWN',
  });
  const posing = await signCompact('instance+jwt', JSON.stringify(CLAIMS), other.privateJwk, kid);
  await expect(verifyInstanceToken(posing, publicJwk, HUB, at(NOW))).rejects.toMatchObject({
    code: 'SIGNATURE_MISMATCH',
  });
});

it('names no instance when it is no instance token', () => {
  expect(() => instanceTokenSubject('x.y.z')).toThrow(expect.objectContaining({ code: 'TOKEN_MALFORMED' }));
});
