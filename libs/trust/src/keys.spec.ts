import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { ed25519PointFlaw } from './ed25519-point.js';
import {
  generateEd25519,
  generateX25519,
  readEd25519PrivateKey,
  readEd25519PublicKey,
  readX25519PublicKey,
} from './index.js';

const vectors = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/public-keys.json', import.meta.url), 'utf8'),
) as Record<'Ed25519' | 'X25519', { good: string[]; refused: { why: string; code: string; x: string }[] }>;
const READERS = { Ed25519: readEd25519PublicKey, X25519: readX25519PublicKey };
const refusal = (code: string) => expect.objectContaining({ name: 'TrustError', code });

describe.each(['Ed25519', 'X25519'] as const)('a public %s key', (crv) => {
  const read = READERS[crv];

  it.each(vectors[crv].refused.map((row) => [row.why, row.code, row.x] as const))(
    'is refused when it is %s (%s)',
    (_why, code, x) => expect(() => read({ kty: 'OKP', crv, x })).toThrow(refusal(code)),
  );

  it('is accepted with its kid and without anything else', () => {
    for (const x of vectors[crv].good) {
      expect(read({ kty: 'OKP', crv, x, kid: 'k1', use: crv === 'X25519' ? 'enc' : 'sig', ext: true })).toEqual({
        kty: 'OKP',
        crv,
        x,
        kid: 'k1',
      });
      expect(read({ kty: 'OKP', crv, x })).toEqual({ kty: 'OKP', crv, x });
    }
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'AA'],
    ['another curve', { kty: 'OKP', crv: 'Ed448', x: 'AA' }],
    ['another type', { kty: 'EC', crv, x: 'AA' }],
    ['no x', { kty: 'OKP', crv }],
    ['an empty kid', { kty: 'OKP', crv, x: vectors[crv].good[0], kid: '' }],
    ['an endless kid', { kty: 'OKP', crv, x: vectors[crv].good[0], kid: 'k'.repeat(257) }],
    ['a kid that is a number', { kty: 'OKP', crv, x: vectors[crv].good[0], kid: 1 }],
  ])('is refused when it is %s', (_what, value) => expect(() => read(value)).toThrow(refusal('KEY_MALFORMED')));
});

it('refuses a private key where a public one is asked for', () => {
  expect(() => readEd25519PublicKey(generateEd25519().privateJwk)).toThrow(refusal('KEY_PRIVATE'));
  expect(() => readX25519PublicKey(generateX25519().privateJwk)).toThrow(refusal('KEY_PRIVATE'));
});

it('refuses an Ed25519 key that says it is for something else', () => {
  const { publicJwk } = generateEd25519();
  expect(readEd25519PublicKey({ ...publicJwk, alg: 'EdDSA', use: 'sig' })).toEqual(publicJwk);
  expect(() => readEd25519PublicKey({ ...publicJwk, alg: 'ES256' })).toThrow(refusal('KEY_MALFORMED'));
  expect(() => readEd25519PublicKey({ ...publicJwk, use: 'enc' })).toThrow(refusal('KEY_MALFORMED'));
});

it('accepts every key it makes', () => {
  for (let round = 0; round < 50; round += 1) {
    const { publicJwk, privateJwk } = generateEd25519();
    expect(readEd25519PublicKey(publicJwk)).toEqual(publicJwk);
    expect(readEd25519PrivateKey(privateJwk)).toEqual(privateJwk);
  }
});

it('judges any 32 bytes, and about half of them are no point', () => {
  const verdicts = fc.sample(fc.uint8Array({ minLength: 32, maxLength: 32 }), 200).map(ed25519PointFlaw);
  const points = verdicts.filter((flaw) => flaw === null).length;
  expect(points).toBeGreaterThan(50);
  expect(points).toBeLessThan(150);
});

it('refuses a private key whose halves do not belong together, or whose seed is not 32 bytes', () => {
  const { privateJwk } = generateEd25519();
  expect(() => readEd25519PrivateKey({ ...privateJwk, x: generateEd25519().publicJwk.x })).toThrow(
    refusal('KEY_MALFORMED'),
  );
  expect(() => readEd25519PrivateKey({ ...privateJwk, d: 'AAAA' })).toThrow(refusal('KEY_MALFORMED'));
  expect(() => readEd25519PrivateKey({ ...privateJwk, d: undefined })).toThrow(refusal('KEY_MALFORMED'));
});
