import { readFileSync } from 'node:fs';
import {
  generateX25519,
  openInstanceId,
  sealInstanceId,
  type X25519PrivateJwk,
  type X25519PublicJwk,
} from './index.js';

interface Forged {
  readonly code: string;
  readonly attack: string;
  readonly field?: string;
  readonly now?: number;
  readonly jwe: string;
}
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/sealed-instance-id.json', import.meta.url), 'utf8'),
) as {
  private_keys: X25519PrivateJwk[];
  public_key: X25519PublicJwk;
  audience: string;
  now: number;
  instance_id: string;
  jwe: string;
  refused: Forged[];
};
const { audience, instance_id: instanceId, jwe, private_keys: keys, public_key: publicKey } = vector;
const at = (seconds: number) => ({ audience, now: new Date(seconds * 1000) });

it('opens the vector with whichever key it was sealed to', async () => {
  await expect(openInstanceId(jwe, keys, at(vector.now))).resolves.toBe(instanceId);
});

it('opens what it seals, with a kid and without, and never seals twice the same', async () => {
  const { kty, crv, x } = publicKey;
  const seals = await Promise.all(
    [publicKey, publicKey, { kty, crv, x }].map((key) => sealInstanceId(instanceId, key, at(vector.now))),
  );
  expect(new Set(seals.map((seal) => seal.split('.')[3])).size).toBe(3);
  const withoutKid = keys.map(({ kty: type, crv: curve, x: u, d }) => ({ kty: type, crv: curve, x: u, d }));
  for (const seal of seals) await expect(openInstanceId(seal, withoutKid, at(vector.now))).resolves.toBe(instanceId);
});

it('hides the instance id', async () => {
  const seal = await sealInstanceId(instanceId, publicKey, at(vector.now));
  expect(
    seal
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join(),
  ).not.toContain(instanceId);
});

it.each(vector.refused.map((row) => [row.code, row.attack, row] as const))(
  'refuses with %s: %s',
  async (code, _attack, row) => {
    const refusal = { name: 'TrustError', code, ...(row.field ? { field: row.field } : {}) };
    await expect(openInstanceId(row.jwe, keys, at(row.now ?? vector.now))).rejects.toMatchObject(refusal);
  },
);

it('is good for five minutes and the leeway, or for as long as the hub says', async () => {
  await expect(openInstanceId(jwe, keys, at(vector.now + 330))).resolves.toBe(instanceId);
  await expect(openInstanceId(jwe, keys, at(vector.now - 30))).resolves.toBe(instanceId);
  await expect(openInstanceId(jwe, keys, { ...at(vector.now + 91), maxAgeSeconds: 60 })).rejects.toMatchObject({
    code: 'SEAL_EXPIRED',
  });
  await expect(openInstanceId(jwe, keys, { ...at(vector.now + 90), maxAgeSeconds: 60 })).resolves.toBe(instanceId);
});

it('seals neither nothing nor to a weak key', async () => {
  await expect(sealInstanceId('', publicKey, at(0))).rejects.toMatchObject({ code: 'SEAL_MALFORMED' });
  await expect(sealInstanceId('x'.repeat(257), publicKey, at(0))).rejects.toMatchObject({ code: 'SEAL_MALFORMED' });
  const weak = { ...generateX25519().publicJwk, x: Buffer.alloc(32).toString('base64url') };
  await expect(sealInstanceId(instanceId, weak, at(0))).rejects.toMatchObject({ code: 'KEY_WEAK' });
});

it('passes on what is a mistake of its own and not of the sender', async () => {
  await expect(openInstanceId(jwe, [{ ...publicKey, d: 'AAAA' }], at(vector.now))).rejects.not.toMatchObject({
    name: 'TrustError',
  });
});
