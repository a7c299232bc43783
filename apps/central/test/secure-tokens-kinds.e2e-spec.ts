import { randomUUID } from 'node:crypto';
import { extensionAuth } from '@hansa/extension-auth';
import { issueExternalToken } from '@hansa/external-auth/issuer';
import {
  sealInstanceId,
  signInstanceToken,
  signLicenseToken,
  signWebhook,
  verifyLicenseToken,
  verifyWebhook,
  type Ed25519PrivateJwk,
  type Ed25519PublicJwk,
  type X25519PublicJwk,
} from '@hansa/trust';
import { MerchantsService, xsrfTokenOf } from '#accounts';
import { ExternalIssuers } from '#external-auth';
import { InstancesService } from '#instances';
import { Extensions, ExtensionTokens } from '#secure-tokens';
import { KeyRing } from '#signing';
import { MANAGEMENT_SCOPES, ManagementTokens, PublishableKeys, PublisherTokens } from '#tokens';
import {
  aMarketClient,
  anInstance,
  aPublishedPackage,
  aPublisher,
  asMarket,
  asOperator,
  asShop,
  cookiesOf,
  PORTAL_URL,
  startPortalHub,
  type PortalHub,
  type TestInstance,
} from '#test';

const API = 'https://api.vendor.example';
const SESSION = '__Host-hansa-session';
const BODY = Buffer.from('{}');
const WEBHOOK_SECRET = `whsec_${'A'.repeat(32)}`;

let hub: PortalHub;
let shop: TestInstance;
let issuer: { name: string; secret: string };
let publisherId: string;
let download: URL;

beforeAll(async () => {
  hub = await startPortalHub();
  shop = await anInstance(hub.database);
  publisherId = (await aPublisher(hub.database)).id;
  const name = 'intranet';
  const issuers = {
    redirectUrl: 'https://intranet.example/',
    logoutUrl: null,
    defaultPath: '/portal',
    readerExitOrigins: [],
  };
  const made = await service(ExternalIssuers).create(
    name,
    { ...issuers, maxLifeSeconds: 300, instanceId: shop.id },
    'test',
  );
  issuer = { name, secret: made.key.secret };
  const extension = { name: 'Notes', apiOrigins: [API], frontendOrigins: [], frontendUrl: null, marketplaceId: null };
  await service(Extensions).register('notes', extension, 'test');
  await service(Extensions).install('notes', shop.id, true, 'test');
  const { package: free } = await aPublishedPackage(hub.database);
  const response = await ask(`/store/marketplace/download/${free.marketplaceId}/1.0.0`, await asShop(hub));
  download = new URL(((await response.json()) as { url: string }).url);
});
afterAll(() => hub.close());

const service = <T>(type: new (...args: never[]) => T): T => hub.app.get<T>(type, { strict: false });
const now = () => hub.clock.now();
const ask = (path: string, headers: Record<string, string>) =>
  fetch(`${hub.url}${path}`, { headers, redirect: 'manual' });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const externalToken = () =>
  issueExternalToken({ issuer: issuer.name, key: issuer.secret, user: { uuid: randomUUID() } }, now());
async function merchantSession(): Promise<string> {
  return cookiesOf(await ask(`/auth/token?external-auth-token=${externalToken()}`, {}))[SESSION]!;
}
async function extensionToken(): Promise<string> {
  const merchant = await service(MerchantsService).findBySession(await merchantSession());
  return (await service(ExtensionTokens).issue(merchant!, { extensionId: 'notes', audience: null, tenant: null }))
    .token;
}
async function managementToken(): Promise<string> {
  const request = { name: 'test', scopes: MANAGEMENT_SCOPES, publisherId: null, expiresAt: null };
  return (await service(ManagementTokens).issue(request, 'test')).token;
}
async function packageToken(): Promise<string> {
  const body = JSON.stringify({
    description: 'test',
    permissions: 'readonly',
    allowed_package_prefixes: [`v${randomUUID().slice(0, 8)}/`],
  });
  const headers = { ...bearer(await managementToken()), 'content-type': 'application/json' };
  const response = await fetch(`${hub.url}/api/tokens`, { method: 'POST', headers, body });
  return ((await response.json()) as { token: string }).token;
}
async function marketToken(): Promise<string> {
  await hub.database.dataSource.query('DELETE FROM merchant_links');
  return (await asMarket(hub, await aMarketClient(hub))).authorization.slice('Bearer '.length);
}
async function licenseToken(): Promise<string> {
  const { kid, privateJwk } = service(KeyRing).active('license');
  const claims = {
    iss: PORTAL_URL,
    sub: 'lic_1',
    aud: shop.id,
    marketplace_id: '@v/p',
    kind: 'one_time',
    license_expires_at: null,
    updates_until: null,
  };
  return signLicenseToken(claims, { kid, privateJwk: privateJwk as unknown as Ed25519PrivateJwk }, now());
}
async function sealedInstanceId(): Promise<string> {
  const { publicJwk, kid } = service(KeyRing).active('sealing');
  return sealInstanceId(shop.id, { ...publicJwk, kid } as unknown as X25519PublicJwk, {
    audience: PORTAL_URL,
    now: now(),
  });
}
function webhookSignature(): string {
  const webhook = { secrets: [WEBHOOK_SECRET], deliveryId: 'dly_1', event: 'x', body: BODY, at: now() };
  return signWebhook(webhook)['X-Carpha-Signature']!;
}

/** A fresh token of every kind the hub makes or takes. */
const MAKE: Record<string, () => string | Promise<string>> = {
  'external auth token': externalToken,
  'extension token': extensionToken,
  'merchant session': merchantSession,
  'XSRF token': async () => xsrfTokenOf(await merchantSession()),
  'operator session': async () => (await asOperator(hub)).authorization.slice('Bearer '.length),
  'publisher token': async () => (await service(PublisherTokens).issue(publisherId, 'test', 'test')).token,
  'management token': managementToken,
  'publishable key': async () => (await service(PublishableKeys).issue('test', 'test')).key,
  'market token': marketToken,
  'package token': packageToken,
  'instance token': () => signInstanceToken({ instanceId: shop.id, audience: PORTAL_URL }, shop.privateJwk, now()),
  'license token': licenseToken,
  'sealed instance id': sealedInstanceId,
  'webhook signature': webhookSignature,
  'download signature': () => download.searchParams.get('sig')!,
};

const accepted = (verdict: Promise<unknown>) =>
  verdict.then(
    () => true,
    () => false,
  );

/** Whether each verifier takes a token, asked where it stands on the wire. */
const VERIFY: Record<string, (token: string) => Promise<boolean>> = {
  'external auth token': async (token) => {
    const response = await ask('/auth/token', { 'external-auth-token': token });
    return cookiesOf(response)[SESSION] !== undefined;
  },
  'extension token': (token) => {
    const marketplaces = [{ issuer: PORTAL_URL, tenants: 'any' as const }];
    const fetchKeys = async (url: string) => fetch(url.replace(PORTAL_URL, hub.url));
    const api = extensionAuth({ audience: API, marketplaces, now, fetch: fetchKeys });
    return accepted(api.authenticate({ 'mp-authorization': token }));
  },
  'merchant session': async (token) => (await ask('/portal', { cookie: `${SESSION}=${token}` })).status === 200,
  'operator session': async (token) => (await ask('/console/extensions', bearer(token))).status === 200,
  'publisher token': async (token) => (await service(PublisherTokens).identify(token)) !== undefined,
  'management token': async (token) => (await ask('/api/tokens', bearer(token))).status === 200,
  'publishable key': async (token) =>
    (await ask('/store/marketplace/feed', { 'x-publishable-api-key': token })).status === 200,
  'market token': async (token) => (await ask('/api/market/v1/me', bearer(token))).status === 200,
  'package token': async (token) => (await ask('/packages.json', bearer(token))).status === 200,
  'instance token': async (token) => (await ask('/store/marketplace/licenses', bearer(token))).status === 200,
  'license token': (token) => {
    const keys = service(KeyRing)
      .accepted('license')
      .map(({ publicJwk }) => publicJwk as unknown as Ed25519PublicJwk);
    const expected = { issuer: PORTAL_URL, instanceId: shop.id, marketplaceId: '@v/p' };
    return accepted(verifyLicenseToken(token, keys, expected, now()));
  },
  'sealed instance id': (token) => accepted(service(InstancesService).readReference(token)),
  'webhook signature': async (token) => {
    const headers = { 'x-carpha-delivery-id': 'dly_1', 'x-carpha-signature': token };
    return accepted(
      Promise.resolve().then(() => verifyWebhook({ headers, body: BODY, secrets: [WEBHOOK_SECRET], now: now() })),
    );
  },
  'download signature': async (token) => {
    const url = new URL(download);
    url.searchParams.set('sig', token);
    // The bytes were never stored: an admitted request ends at 404, the others are refused before.
    return (await ask(`${url.pathname}${url.search}`, {})).status === 404;
  },
};

it.each(Object.keys(MAKE))('a fresh %s is taken by its own verifier and by no other', async (kind) => {
  const takers = [];
  for (const [verifier, takes] of Object.entries(VERIFY)) {
    if (await takes(await MAKE[kind]!())) takers.push(verifier);
  }
  expect(takers).toEqual(kind === 'XSRF token' ? [] : [kind]);
});

it('the hub has no verifier that takes nothing here', () => {
  expect(Object.keys(MAKE).filter((kind) => kind !== 'XSRF token')).toEqual(Object.keys(VERIFY));
});
