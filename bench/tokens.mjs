import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import {
  EXTENSION_TOKEN_SECONDS,
  extensionSigner,
  signExtensionToken,
} from '@hansa/central/dist/src/secure-tokens/sign-extension-token.js';
import { extensionAuth } from '@hansa/extension-auth';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { compare } from './lib/load.mjs';

const MARKET = 'https://market.example';
const API = 'https://api.example';

/** Secure tokens on one core: verifying with warm keys against `jose` doing the same, and issuing against a bare signature. */
export async function run({ seconds }) {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'ES256' };
  const signer = extensionSigner('k', pair.privateKey.export({ format: 'jwk' }));
  const issue = () => {
    const iat = Math.floor(Date.now() / 1_000);
    const times = { iat, exp: iat + EXTENSION_TOKEN_SECONDS };
    const person = { sub: randomUUID(), name: 'person@shop.example', tenant: 'inst_1' };
    return signExtensionToken(signer, { iss: MARKET, aud: API, ext: 'notes', jti: randomUUID(), ...person, ...times });
  };
  const token = issue();
  const marketplaces = [{ issuer: MARKET, tenants: 'any' }];
  const auth = extensionAuth({ audience: API, marketplaces, fetch: async () => Response.json({ keys: [jwk] }) });
  const keys = createLocalJWKSet({ keys: [jwk] });
  const expected = { issuer: MARKET, audience: API, algorithms: ['ES256'], typ: 'ext+jwt' };
  const signed = Buffer.from(token.slice(0, token.lastIndexOf('.')));
  const bare = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' };

  const verifying = [() => jwtVerify(token, keys, expected), () => auth.authenticate({ 'mp-authorization': token })];
  const issuing = [async () => sign('sha256', signed, bare), async () => issue()];
  const measure = ([base, own]) =>
    compare(
      () => rateOf(base, seconds),
      () => rateOf(own, seconds),
    );
  return [
    { name: 'secure token verified', bar: 0.8, ...(await measure(verifying)) },
    { name: 'secure token issued', bar: 0.6, ...(await measure(issuing)) },
  ];
}

/** Calls for each second of processor time: what one core does, whatever else the machine is doing. */
async function rateOf(call, seconds) {
  for (let i = 0; i < 500; i += 1) await call();
  const until = performance.now() + seconds * 1_000;
  const before = process.cpuUsage();
  let calls = 0;
  while (performance.now() < until) {
    await call();
    calls += 1;
  }
  const { user, system } = process.cpuUsage(before);
  return calls / ((user + system) / 1_000_000);
}
