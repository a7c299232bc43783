import {
  generateEd25519,
  generateX25519,
  newLicenseKey,
  openInstanceId,
  sealInstanceId,
  signInstanceToken,
  signLicenseRequest,
  signLicenseToken,
  signRelease,
  signRevocationList,
  signWebhook,
  verifyInstanceToken,
  verifyLicenseRequest,
  verifyLicenseToken,
  verifyRelease,
  verifyRevocationList,
  verifyWebhook,
} from './index.js';

/** One key signs every kind here, so that nothing but the kind can be what a verifier refuses. */
const { kid, publicJwk, privateJwk } = generateEd25519();
const sealing = generateX25519();
const now = new Date('2026-01-02T03:04:05Z');
const hub = 'https://hub.example';
const digest = 'a'.repeat(64);
const statement = {
  marketplace_id: '@v/p',
  version: '1.0.0',
  sha256: digest,
  size_bytes: 1,
  manifest_sha256: digest,
  signed_at: '2026-01-02T03:04:05Z',
};
const license = {
  iss: hub,
  sub: 'lic_1',
  aud: 'inst_1',
  marketplace_id: '@v/p',
  kind: 'free',
  license_expires_at: null,
  updates_until: null,
};
const noRevocations = { iss: hub, sequence: 1, revoked: [], suspended: [] };
const request = {
  sub: 'inst_01JGM8Z0000000000000000000',
  aud: hub,
  license_key: newLicenseKey(),
  environment: 'production',
} as const;
const webhook = { secrets: ['whsec_AAAA'], deliveryId: 'dly_1', event: 'x', body: Buffer.from('{}'), at: now };

const MAKE: Record<string, () => Promise<string>> = {
  release: () => signRelease(statement, privateJwk),
  license: () => signLicenseToken(license, { privateJwk, kid }, now),
  revocations: () => signRevocationList({ ...noRevocations, ttlSeconds: 60 }, { privateJwk, kid }, now),
  request: () => signLicenseRequest(request, privateJwk, now),
  instance: () => signInstanceToken({ instanceId: 'inst_1', audience: hub }, privateJwk, now),
  seal: () => sealInstanceId('inst_1', sealing.publicJwk, { audience: hub, now }),
  webhook: () => Promise.resolve(signWebhook(webhook)['X-Carpha-Signature'] as string),
};
const VERIFY: Record<string, (token: string) => Promise<unknown>> = {
  release: (token) => verifyRelease(token, publicJwk, statement),
  license: (token) =>
    verifyLicenseToken(token, [publicJwk], { issuer: hub, instanceId: 'inst_1', marketplaceId: '@v/p' }, now),
  revocations: (token) => verifyRevocationList(token, [publicJwk], { issuer: hub }, now),
  request: (token) => verifyLicenseRequest(token, { audience: hub }, now),
  instance: (token) => verifyInstanceToken(token, publicJwk, { audience: hub }, now),
  seal: (token) => openInstanceId(token, [sealing.privateJwk], { audience: hub, now }),
  webhook: async (token) =>
    verifyWebhook({
      headers: { 'x-carpha-delivery-id': 'dly_1', 'x-carpha-signature': token },
      body: webhook.body,
      secrets: webhook.secrets,
      now,
    }),
};
const MALFORMED: Record<string, string> = {
  release: 'SIGNATURE_MALFORMED',
  license: 'TOKEN_MALFORMED',
  revocations: 'TOKEN_MALFORMED',
  // What is no token at all may be the short form of a request.
  request: expect.stringMatching(/^(TOKEN_MALFORMED|TEXT_MISTYPED)$/) as string,
  instance: 'TOKEN_MALFORMED',
  seal: 'SEAL_MALFORMED',
  webhook: 'SIGNATURE_MALFORMED',
};
const KINDS = Object.keys(MAKE);
const PAIRS = KINDS.flatMap((made) => KINDS.map((verifier) => [made, verifier] as const));

it.each(PAIRS)('a %s token at the %s verifier', async (made, verifier) => {
  const verdict = VERIFY[verifier]?.((await MAKE[made]?.()) as string);
  if (made === verifier) await expect(verdict).resolves.toBeDefined();
  else await expect(verdict).rejects.toMatchObject({ name: 'TrustError', code: MALFORMED[verifier] });
});
