import { createHash, randomBytes } from 'node:crypto';
import { inTransaction, newId } from '@hansa/platform';
import { MerchantCookies, MerchantLinks, Publisher, PublisherNamespace, xsrfTokenOf } from '#accounts';
import type { Package } from '#catalog';
import { MarketClients, MarketProducts, type MarketClient } from '#market';
import { aPaidPackage } from './commerce.js';
import type { TestHub } from './harness.js';

export const SERVER_ORIGIN = 'https://server.example:2083';
/** Where cPanel's own pages wait for the code: the part after `#` is their route. */
export const WIZARD = `${SERVER_ORIGIN}/cpsess0123456789/frontend/jupiter/security/tls_wizard/#/purchase/Hansa/login`;

/** A cPanel server that may sell what the hub sells. */
export async function aMarketClient(hub: TestHub, origin = SERVER_ORIGIN): Promise<MarketClient> {
  return hub.app.get(MarketClients, { strict: false }).create('Server of <Nord>', [origin], 'test');
}

/** `cookie` of a browser in which a merchant has followed a link sent to his address. */
export async function asMerchant(hub: TestHub, email = 'buyer@shop.example'): Promise<string> {
  const links = hub.app.get(MerchantLinks, { strict: false });
  const link = await inTransaction(hub.database.dataSource, (tx) => links.make(tx, { email }));
  const { token } = await links.redeem(new URL(link!.url).searchParams.get('token')!, undefined);
  return new MerchantCookies(hub.ground.config.hubUrl).setFor(token, 3_600)[0]!.split(';', 1)[0]!;
}

/** What a form of this browser's pages sends back. */
export function csrfOf(cookie: string): string {
  return xsrfTokenOf(cookie.slice(cookie.indexOf('=') + 1));
}

/** What a module asks for: a verifier of its own and its challenge. */
export interface Ask {
  readonly verifier: string;
  readonly query: Readonly<Record<string, string>>;
}

export function anAsk(client: MarketClient, redirectUri = WIZARD): Ask {
  const verifier = randomBytes(32).toString('base64url');
  return {
    verifier,
    query: {
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    },
  };
}

/** Posts a form, as a browser does, and follows nowhere. */
export async function postForm(
  hub: TestHub,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(hub.url + path, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
}

/** Consents in a browser; the code that is sent to cPanel. */
export async function consent(hub: TestHub, cookie: string, { query }: Ask): Promise<string> {
  const fields = { ...query, csrf: csrfOf(cookie), decision: 'allow' };
  const response = await postForm(hub, '/market/authorize', fields, { cookie });
  return new URL(response.headers.get('location') ?? '').searchParams.get('code')!;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly access_token?: string; readonly error?: { readonly code: string } };
}

/** Exchanges a code as the module does, with these fields changed. */
export async function exchange(
  hub: TestHub,
  code: string,
  { query, verifier }: Ask,
  change: object = {},
): Promise<Exchanged> {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: query['redirect_uri']!,
    client_id: query['client_id']!,
    code_verifier: verifier,
    ...change,
  };
  const response = await postForm(hub, '/api/market/v1/token', fields);
  const body = (await response.json()) as Exchanged['body'];
  return { status: response.status, headers: response.headers, body };
}

/** `Authorization` of a server that acts for a merchant. */
export async function asMarket(
  hub: TestHub,
  client: MarketClient,
  email = 'buyer@shop.example',
): Promise<{ authorization: string }> {
  const ask = anAsk(client);
  const code = await consent(hub, await asMerchant(hub, email), ask);
  const { body } = await exchange(hub, code, ask);
  return { authorization: `Bearer ${body.access_token ?? ''}` };
}

/** A product that sells a license of a package for EUR 49, unless the overrides say otherwise. */
export async function aMarketProduct(
  hub: TestHub,
  overrides: Partial<Package> = {},
): Promise<{ readonly id: string; readonly package: Package }> {
  const item = await aPaidPackage(hub.database, overrides);
  const { id } = await hub.app.get(MarketProducts, { strict: false }).addPackage(item.marketplaceId, 'test');
  return { id, package: item };
}

/** A certificate for EUR 12.50 a name, sold for a publisher of its own. */
export async function aCertificateProduct(hub: TestHub, name = 'dv'): Promise<{ readonly id: string }> {
  const publisherId = newId('pub');
  const namespace = `@ca-${publisherId.slice(-8).toLowerCase()}`;
  const since = new Date('2029-12-01T00:00:00Z');
  const db = hub.database.dataSource.manager;
  await db.insert(Publisher, { id: publisherId, name: 'Nord CA', createdAt: since, verifiedAt: since });
  await db.insert(PublisherNamespace, { namespace, publisherId, claimedAt: since });
  const what = { marketplaceId: `${namespace}/${name}`, name: 'DV certificate', summary: 'For web sites.' };
  const price = { priceMinor: 1_250, currency: 'EUR' };
  return hub.app.get(MarketProducts, { strict: false }).addCertificate({ ...what, ...price }, 'test');
}

/** Whatever the hub answers a module. */
export interface MarketAnswer {
  readonly error?: { readonly code: string; readonly data: Readonly<Record<string, unknown>> };
  readonly products?: readonly Readonly<Record<string, unknown>>[];
  readonly order_id?: string;
  readonly order_items?: readonly { readonly order_item_id: string }[];
  readonly certificate_pem?: string | null;
  readonly status_code?: string | null;
  readonly http?: { readonly relative_path: string; readonly filename: string; readonly content: string };
  readonly domain_details?: readonly { readonly domain: string; readonly status: string }[];
  readonly status_details?: Readonly<Record<string, string>>;
}

/** Calls the module's side of the hub. */
export async function callMarket(
  hub: TestHub,
  method: string,
  path: string,
  { body, headers = {} }: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number; headers: Headers; json: MarketAnswer }> {
  const response = await fetch(`${hub.url}/api/market/v1${path}`, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: (text === '' ? {} : JSON.parse(text)) as MarketAnswer,
  };
}
