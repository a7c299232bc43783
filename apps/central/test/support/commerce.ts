import { newId } from '@hansa/platform';
import {
  generateEd25519,
  newWebhookSecret,
  parseLicenseKey,
  signLicenseRequest,
  signInstanceToken,
  thumbprint,
  type Ed25519PrivateJwk,
} from '@hansa/trust';
import type { TestDatabase } from '@hansa/testing';
import type { Package, Release } from '#catalog';
import { Order } from '#checkout';
import { Instance } from '#instances';
import { aPublishedPackage } from './catalog.js';
import { TEST_SECRET_BOX, type TestHub } from './harness.js';
import { AccountsService } from '#accounts';
import { PublishableKeys, PublisherTokens } from '#tokens';

const BEFORE = new Date('2029-12-15T00:00:00Z');

/** A package that costs EUR 49 once, with release 1.0.0, unless the overrides say otherwise. */
export async function aPaidPackage(
  database: TestDatabase,
  overrides: Partial<Package> = {},
  release: Partial<Release> = {},
): Promise<Package> {
  const price = { licenseKind: 'one_time', priceMinor: 4_900, name: 'Paid plugin' } as const;
  return (await aPublishedPackage(database, { ...price, ...overrides }, release)).package;
}

/** A registered shop with what only it knows. */
export interface TestInstance {
  readonly id: string;
  readonly privateJwk: Ed25519PrivateJwk;
  readonly webhookSecret: string;
}

/** A registered production shop that pulls, unless the overrides say otherwise. */
export async function anInstance(database: TestDatabase, overrides: Partial<Instance> = {}): Promise<TestInstance> {
  const id = newId('inst');
  const { publicJwk, privateJwk } = generateEd25519();
  const webhookSecret = newWebhookSecret();
  const row: Omit<Instance, 'previousSecretSealed' | 'previousSecretUntil' | 'pushDisabledAt'> = {
    id,
    baseUrl: 'https://shop.example',
    publicJwk: { ...publicJwk },
    keyThumbprint: thumbprint(publicJwk),
    platformVersion: '2.0.0',
    environment: 'production',
    mode: 'pull',
    webhookSecretSealed: TEST_SECRET_BOX.seal(webhookSecret, `webhook-secret:${id}`),
    registeredAt: BEFORE,
    updatedAt: BEFORE,
    ...overrides,
  };
  await database.dataSource.manager.insert(Instance, row as object);
  return { id, privateJwk, webhookSecret };
}

/** An order for a paid package, open and with a session, unless the overrides say otherwise. */
export async function anOrder(
  database: TestDatabase,
  overrides: Partial<Order> = {},
): Promise<Order & { instanceId: string }> {
  const packageId = overrides.packageId ?? (await aPaidPackage(database)).id;
  const instanceId = overrides.instanceId ?? (await anInstance(database)).id;
  const id = newId('ord');
  await database.dataSource.manager.insert(Order, {
    id,
    packageId,
    version: '1.0.0',
    itemName: 'Paid plugin',
    licenseKind: 'one_time',
    billingInterval: null,
    customerEmail: 'merchant@shop.example',
    instanceId,
    purpose: 'purchase',
    isSeparate: false,
    quantity: 1,
    amountMinor: 4_900,
    currency: 'EUR',
    commissionPercent: 10,
    status: 'open',
    stripeSessionId: `cs_test_${id}`,
    sessionUrl: `https://pay.example/${id}`,
    createdAt: new Date('2030-01-01T00:00:00Z'),
    expiresAt: new Date('2030-01-01T23:00:00Z'),
    ...overrides,
  });
  const order = await database.dataSource.manager.findOneByOrFail(Order, { id });
  return Object.assign(order, { instanceId });
}

/** `Authorization` of one call of an instance: a token counts once. */
export async function asInstance(hub: TestHub, instance: TestInstance): Promise<{ authorization: string }> {
  const audience = hub.ground.config.hubUrl;
  const token = await signInstanceToken(
    { instanceId: instance.id, audience },
    instance.privateJwk,
    hub.ground.clock.now(),
  );
  return { authorization: `Bearer ${token}` };
}

/** `x-publishable-api-key` of any shop. */
export async function asShop(hub: TestHub): Promise<{ 'x-publishable-api-key': string }> {
  const { key } = await hub.app.get(PublishableKeys, { strict: false }).issue('a shop', 'test');
  return { 'x-publishable-api-key': key };
}

/** `Authorization` of a signed-in operator, made when missing. */
export async function asOperator(hub: TestHub): Promise<{ authorization: string }> {
  const accounts = hub.app.get(AccountsService, { strict: false });
  const email = `operator-${newId('acc').slice(-10).toLowerCase()}@hub.example`;
  await accounts.createOperator(email, 'a long password', 'test');
  const { token } = await accounts.signIn(email, 'a long password');
  return { authorization: `Bearer ${token}` };
}

/** `Authorization` of a publisher's tools. */
export async function asPublisher(hub: TestHub, publisherId: string): Promise<{ authorization: string }> {
  const { token } = await hub.app.get(PublisherTokens, { strict: false }).issue(publisherId, 'test', 'test');
  return { authorization: `Bearer ${token}` };
}

/** Another sound key that begins like this one, as somebody would guess who knows its first characters. */
export function wrongKeyLike(licenseKey: string): string {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  for (const digit of alphabet) {
    for (const check of alphabet) {
      const candidate = `${licenseKey.slice(0, 15)}${digit}${check}`;
      if (candidate !== licenseKey && parseLicenseKey(candidate) === candidate) return candidate;
    }
  }
  throw new Error('no such key');
}

/** What a shop without a line to the hub asks; of a shop the hub has never heard of, unless one is given. */
export async function aLicenseRequest(
  hub: TestHub,
  licenseKey: string,
  shop: { readonly id: string; readonly privateJwk: Ed25519PrivateJwk } = {
    id: newId('inst'),
    privateJwk: generateEd25519().privateJwk,
  },
): Promise<string> {
  const aud = hub.ground.config.hubUrl;
  const asked = { sub: shop.id, aud, license_key: licenseKey, environment: 'production' } as const;
  return signLicenseRequest(asked, shop.privateJwk, hub.ground.clock.now());
}
