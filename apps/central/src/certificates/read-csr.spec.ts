import { createPublicKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { readCsr } from './read-csr.js';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = { name: 'RSASSA-PKCS1-v1_5', publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };

interface Wish {
  readonly name?: string;
  readonly names?: readonly x509.JsonGeneralName[];
  readonly key?: webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams;
  readonly hash?: string;
}

async function aCsr({ name = 'CN=shop.example', names = [], key = P256, hash = 'SHA-256' }: Wish = {}) {
  const keys = await webcrypto.subtle.generateKey(key, true, ['sign', 'verify']);
  const extensions = names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...names])] : [];
  const signingAlgorithm = { ...key, hash };
  return x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm, extensions });
}

/** One element of DER. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** A request with an RSA key nobody has, which would take long to make, and no good signature. */
function anRsaCsr(bits: number, exponent = 65_537): string {
  const n = Buffer.alloc(bits / 8, 0xff).toString('base64url');
  const e = Buffer.from(exponent.toString(16).padStart(6, '0'), 'hex').toString('base64url');
  const spki = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).export({ format: 'der', type: 'spki' });
  const [sequence, bitString, none] = [0x30, 0x03, Buffer.alloc(0)];
  const sha256WithRsa = der(sequence, Buffer.from('06092a864886f70d01010b', 'hex'), Buffer.from('0500', 'hex'));
  const info = der(sequence, Buffer.from('020100', 'hex'), der(sequence, none), spki, der(0xa0, none));
  const csr = der(sequence, info, sha256WithRsa, der(bitString, Buffer.alloc(257)));
  return x509.PemConverter.encode(csr, 'CERTIFICATE REQUEST');
}
const pem = async (wish?: Wish) => (await aCsr(wish)).toString('pem');
const dns = (...values: string[]) => values.map((value) => ({ type: 'dns' as const, value }));

describe(readCsr.name, () => {
  it('reads the names from common name and alternative names, each once, in lower case', async () => {
    const csr = await pem({ name: 'CN=Shop.Example', names: dns('shop.example', 'WWW.shop.example') });
    await expect(readCsr(csr)).resolves.toMatchObject({ names: ['shop.example', 'www.shop.example'] });
  });

  it.each([
    ['RSA 2048', { ...RSA, modulusLength: 2_048 }],
    ['P-256', P256],
    ['P-384', { ...P256, namedCurve: 'P-384' }],
  ])('takes %s', async (_, key) => {
    await expect(readCsr(await pem({ key }))).resolves.toMatchObject({ names: ['shop.example'] });
  });

  it.each([
    ['RSA 1024', { ...RSA, modulusLength: 1_024 }],
    ['RSA with the exponent 3', { ...RSA, modulusLength: 2_048, publicExponent: new Uint8Array([3]) }],
    ['P-521', { ...P256, namedCurve: 'P-521' }],
  ])('refuses %s', async (_, key) => {
    await expect(readCsr(await pem({ key }))).rejects.toMatchObject({ code: 'CSR_KEY_WEAK' });
  });

  it.each([
    ['RSA 2048', 2_048, 65_537, 'CSR_SIGNATURE_WRONG'],
    ['RSA 8192', 8_192, 65_537, 'CSR_SIGNATURE_WRONG'],
    ['RSA beyond 8192, slow to check', 8_200, 65_537, 'CSR_KEY_WEAK'],
    ['RSA with an even exponent', 2_048, 65_538, 'CSR_KEY_WEAK'],
  ])('looks at %s before it looks at the signature', async (_, bits, exponent, code) => {
    await expect(readCsr(anRsaCsr(bits, exponent))).rejects.toMatchObject({ code });
  });

  it('refuses a signature over SHA-1', async () => {
    const key = { ...RSA, modulusLength: 2_048, hash: 'SHA-1' };
    await expect(readCsr(await pem({ key, hash: 'SHA-1' }))).rejects.toMatchObject({ code: 'CSR_DIGEST_WEAK' });
  });

  it('refuses a request that somebody else than the owner of the key signed', async () => {
    const der = Buffer.from((await aCsr()).rawData);
    const last = der.length - 5;
    der[last] = der[last]! ^ 1;
    const forged = x509.PemConverter.encode(der, 'CERTIFICATE REQUEST');
    await expect(readCsr(forged)).rejects.toMatchObject({ code: 'CSR_SIGNATURE_WRONG' });
  });

  it.each([
    ['a wildcard', { names: dns('*.shop.example') }],
    ['a name of a private network', { names: dns('db.internal') }],
    ['an address', { names: [{ type: 'ip' as const, value: '192.0.2.1' }] }],
    ['a log-in name', { names: [{ type: 'upn' as const, value: 'shop.example' }] }],
    ['a mailbox', { names: [{ type: 'email' as const, value: 'jo@shop.example' }] }],
    ['a person', { name: 'CN=Jo Doe' }],
  ])('refuses %s', async (_, wish) => {
    await expect(readCsr(await pem(wish))).rejects.toMatchObject({ code: 'CSR_NAME_REFUSED' });
  });

  it('refuses a request that names nobody', async () => {
    await expect(readCsr(await pem({ name: 'O=Shop' }))).rejects.toMatchObject({ code: 'CSR_NAMES_MISSING' });
  });

  it('refuses more names than one certificate may carry', async () => {
    const many = (count: number) => dns(...Array.from({ length: count }, (_, i) => `n${i}.example`));
    await expect(readCsr(await pem({ name: 'CN=n0.example', names: many(100) }))).resolves.toBeDefined();
    const tooMany = await pem({ name: 'CN=n0.example', names: many(101) });
    await expect(readCsr(tooMany)).rejects.toMatchObject({ code: 'CSR_NAMES_TOO_MANY' });
  });

  it.each([
    '',
    'no pem',
    '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n',
    `-----BEGIN CERTIFICATE REQUEST-----\n${'A'.repeat(20_000)}\n-----END CERTIFICATE REQUEST-----\n`,
  ])('refuses what it cannot read', async (text) => {
    await expect(readCsr(text)).rejects.toMatchObject({ code: 'CSR_UNREADABLE' });
  });

  it('does not begin to read what is too long', async () => {
    const request = await pem();
    await expect(readCsr(request.padEnd(16_384, '\n'))).resolves.toBeDefined();
    await expect(readCsr(request.padEnd(16_385, '\n'))).rejects.toMatchObject({ code: 'CSR_UNREADABLE' });
  });

  it('refuses two requests in one', async () => {
    const two = (await pem()) + '\n' + (await pem());
    await expect(readCsr(two)).rejects.toMatchObject({ code: 'CSR_UNREADABLE' });
  });
});
