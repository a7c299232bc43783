import { calculateJwkThumbprint } from 'jose';
import { generateEd25519, generateX25519, sha256Hex, thumbprint, timingSafeEqualText } from './index.js';

describe('sha256Hex', () => {
  it('is lower-case hex', () => {
    expect(sha256Hex(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('thumbprint', () => {
  it('agrees with an independent implementation, for public and private keys alike', async () => {
    for (const { publicJwk, privateJwk } of [generateEd25519(), generateX25519()]) {
      const expected = await calculateJwkThumbprint({ ...publicJwk });
      expect([thumbprint(publicJwk), thumbprint(privateJwk), publicJwk.kid]).toEqual([expected, expected, expected]);
    }
    const ec = { kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ' };
    expect(thumbprint({ ...ec, use: 'sig' })).toBe(await calculateJwkThumbprint(ec));
  });

  it.each([{}, { kty: 'oct', k: 'AA' }, { kty: 'OKP', crv: 'Ed25519' }, { kty: '__proto__' }, { kty: 7 }])(
    'refuses %j',
    (jwk) => expect(() => thumbprint(jwk)).toThrow(expect.objectContaining({ code: 'KEY_MALFORMED' })),
  );
});

describe('timingSafeEqualText', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'abcd', false],
    ['', '', true],
    ['é', 'e', false],
  ])('compares %j and %j', (left, right, equal) => expect(timingSafeEqualText(left, right)).toBe(equal));
});
