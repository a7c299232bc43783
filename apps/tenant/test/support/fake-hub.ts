import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  generateEd25519,
  generateX25519,
  newWebhookSecret,
  openInstanceId,
  signLicenseToken,
  signRevocationList,
  signWebhook,
  type LicenseClaims,
} from '@hansa/trust';
import {
  isAffected,
  type Advisory,
  type DeliveryMode,
  type DeprecationNotice,
  type VerifyLicenseResponse,
} from '@hansa/contracts';
import { newId } from '@hansa/platform';
import type { FakeTuf } from '@hansa/testing';
import type { Release } from './releases.js';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

const ID = 'ccmp_01ARZ3NDEKTSV4RRFFQ69G5FAV';
export const A_LICENSE_KEY = 'CC-1234-5678-9ABC';

/** A hub at the edge of the process: a real server that speaks the contract, with switches for what can go wrong. */
export class FakeHub {
  static readonly LICENSE_ID = 'lic_01JGM8Z0000000000000000001';
  readonly secret = newWebhookSecret();
  readonly asked: Asked[] = [];
  readonly releases: Release[] = [];
  readonly inbox: { sequence: number; deliveryId: string; event: string; body: string }[] = [];
  readonly acknowledged: string[] = [];
  /** Told on product pages, and in answers of `updates` to those affected. */
  readonly advisories: Advisory[] = [];
  readonly deprecated: DeprecationNotice[] = [];
  mode: DeliveryMode = 'push';
  /** Drops every connection while true. */
  isAway = false;
  /** The license it says this shop has of whatever is to be bought. */
  alreadyLicensed: string | null = null;
  /** Takes every question and answers none while true. */
  isSilent = false;
  /** Questions taken while silent. */
  unanswered = 0;
  verdict: VerifyLicenseResponse = { valid: true };
  /** Changes what a download names, or the bytes behind it. */
  changeDownload: (answer: Record<string, unknown>) => Record<string, unknown> = (answer) => answer;
  changeBytes: (zip: Buffer) => Buffer = (zip) => zip;
  instanceId = '';
  /** Release metadata; a hub of the first generation has none. */
  tuf: FakeTuf | undefined;
  /** Bytes of endless data that were taken from it. */
  endlessBytes = 0;

  /** The signed list of revocations; a hub of the first generation has none. */
  revocations: { sequence: number; jws: string } | undefined;

  private readonly license = generateEd25519();
  private revocationKey = generateEd25519();
  private readonly sealing = generateX25519();
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));
  private sequence = 0;

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** Headers of one attempt to deliver `body`, signed at `at`. */
  sign(event: string, body: string, at: Date = new Date(), deliveryId: string = newId('dly'), secret = this.secret) {
    const signed = signWebhook({ secrets: [secret], deliveryId, event, body: Buffer.from(body), at });
    return { 'content-type': 'application/json', ...signed };
  }

  /** Puts an event into the inbox of the instance. */
  leave(event: string, body: object): string {
    const deliveryId = newId('dly');
    this.inbox.push({ sequence: (this.sequence += 1), deliveryId, event, body: JSON.stringify(body) });
    return deliveryId;
  }

  licenseToken(marketplaceId: string, now: Date, ttlSeconds?: number): Promise<string> {
    const claims = {
      iss: this.url,
      sub: 'lic_1',
      aud: this.instanceId,
      marketplace_id: marketplaceId,
      kind: 'one_time',
    };
    const dates = { license_expires_at: null, updates_until: null, ...(ttlSeconds ? { ttlSeconds } : {}) };
    return signLicenseToken({ ...claims, ...dates }, this.license, now);
  }

  /** The answer to a license request that was carried by hand. */
  answerTo(request: string, change: Partial<LicenseClaims> & { ttlSeconds?: number }, now: Date): Promise<string> {
    const { iss = this.url, sub = FakeHub.LICENSE_ID, aud = this.instanceId, marketplace_id = '', ...rest } = change;
    const claims = { iss, sub, aud, marketplace_id, kind: 'one_time', license_expires_at: null, updates_until: null };
    return signLicenseToken({ ...claims, ...rest, request }, this.license, now);
  }

  /** Signs the list of revocations it serves from here on. */
  async revoke(
    revoked: string[],
    now: Date,
    change: { sequence?: number; ttlSeconds?: number; key?: 'license' } = {},
  ): Promise<string> {
    const { sequence = (this.revocations?.sequence ?? 0) + 1, ttlSeconds = 604_800 } = change;
    const list = { iss: this.url, sequence, revoked, suspended: [], ttlSeconds };
    const key = change.key ? this.license : this.revocationKey;
    this.revocations = { sequence, jws: await signRevocationList(list, key, now) };
    return this.revocations.jws;
  }

  replaceRevocationKey(): void {
    this.revocationKey = generateEd25519();
  }

  get keys() {
    return {
      keys: [
        { ...this.license.publicJwk, use: 'sig', alg: 'EdDSA', typ: 'license+jwt' },
        { ...this.revocationKey.publicJwk, use: 'sig', alg: 'EdDSA', typ: 'license-revocations+jws' },
        { ...this.sealing.publicJwk, use: 'enc', alg: 'ECDH-ES', typ: 'instance-id+jwe' },
      ],
    };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.isAway) {
      request.socket.destroy();
      return;
    }
    if (this.isSilent) {
      this.unanswered += 1;
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const text = Buffer.concat(chunks).toString();
    const asked = {
      method: request.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
    };
    this.asked.push(asked);
    if (pathname.startsWith('/tuf/metadata/')) {
      this.serveMetadata(pathname.slice('/tuf/metadata/'.length), response);
      return;
    }
    const { status = 200, json, bytes } = await this.answer(asked);
    response.writeHead(status, { 'content-type': bytes ? 'application/zip' : 'application/json' });
    response.end(bytes ?? JSON.stringify(json));
  }

  private serveMetadata(name: string, response: ServerResponse): void {
    const file = this.tuf?.files.get(name);
    if (name === this.tuf?.endless) {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) this.endlessBytes += 65_536;
      };
      response.on('drain', more);
      more();
      return;
    }
    response.writeHead(file ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      file ?? JSON.stringify({ type: 'not_found', message: name, code: 'METADATA_NOT_FOUND', request_id: 'hub' }),
    );
  }

  private async answer(asked: Asked): Promise<Answer> {
    const path = asked.path.replace('/store/marketplace', '');
    const [, first, vendor, name, version] = path.split('/');
    if (asked.path === '/.well-known/jwks.json') return { json: this.keys };
    if (path === '/instances') return this.register(asked);
    if (path === '/instances/rotate-secret') return { json: { webhook_secret: this.secret } };
    if (path === '/inbox') return this.readInbox(asked);
    if (path === '/inbox/ack') return this.acknowledge(asked);
    if (path === '/portal-links') return this.portalLink(asked);
    if (path === '/license/verify')
      return { json: Object.assign({ checked_at: new Date().toISOString() }, this.verdict) };
    if (first === 'licenses' && asked.method === 'POST') return this.aboutLicense(asked, vendor ?? '');
    if (path === '/revocations') return this.listRevocations(asked);
    if (path === '/outcomes') return { status: 202, json: { taken: true } };
    if (path === '/updates') return { json: this.updatesFor(asked.body['versions'] as Record<string, string>) };
    if (path === '/checkout/session' && this.alreadyLicensed !== null)
      return problem(409, 'conflict', 'ALREADY_LICENSED', { license_id: this.alreadyLicensed });
    if (path === '/checkout/session')
      return { status: 201, json: { url: 'https://pay.example/1', session_id: 's', order_id: 'o' } };
    if (path === '/feed')
      return { json: { products: this.newest().map(feedProduct), count: this.newest().length, limit: 20, offset: 0 } };
    if (first === 'feed') return this.product(`${vendor}/${name}`);
    if (first === 'download') return this.download(asked, `${vendor}/${name}`, version ?? '');
    if (first === 'bytes')
      return { bytes: this.changeBytes(this.releases.find(({ sha256 }) => sha256 === vendor)!.zip) };
    return problem(404, 'not_found', 'ROUTE_NOT_FOUND');
  }

  private async register({ body, headers }: Asked): Promise<Answer> {
    const known = this.instanceId !== '';
    if (known && !headers.authorization) return problem(401, 'unauthorized', 'INSTANCE_PROOF_REQUIRED');
    const opened = { audience: this.url, now: new Date() };
    this.instanceId = await openInstanceId(String(body['instance_id']), [this.sealing.privateJwk], opened);
    const secret = known ? {} : { webhook_secret: this.secret };
    return { status: 201, json: { instance_id: this.instanceId, mode: this.mode, keys: this.keys, ...secret } };
  }

  private listRevocations({ headers }: Asked): Answer {
    if (!this.revocations) return problem(404, 'not_found', 'ROUTE_NOT_FOUND');
    const { sequence, jws } = this.revocations;
    return headers['if-none-match'] === `"${sequence}"` ? { status: 304 } : { bytes: Buffer.from(jws) };
  }

  private portalLink({ headers }: Asked): Answer {
    if (!headers.authorization) return problem(401, 'unauthorized', 'INSTANCE_TOKEN_REFUSED');
    return { status: 201, json: { url: `${this.url}/portal/sign-in?token=once`, expires_at: '2999-01-01T00:00:00Z' } };
  }

  private aboutLicense({ headers }: Asked, licenseId: string): Answer {
    if (!headers.authorization) return problem(401, 'unauthorized', 'INSTANCE_TOKEN_REFUSED');
    return licenseId === 'lic_1' ? { status: 204 } : problem(404, 'not_found', 'LICENSE_NOT_FOUND');
  }

  private async readInbox({ query, headers }: Asked): Promise<Answer> {
    if (!headers.authorization) return problem(401, 'unauthorized', 'INSTANCE_TOKEN_REFUSED');
    const after = Number(query.get('after') ?? 0);
    const waiting = () =>
      this.inbox.filter(({ sequence, deliveryId }) => sequence > after && !this.acknowledged.includes(deliveryId));
    for (let turn = 0; turn < 10 && waiting().length === 0 && query.get('wait') !== '0'; turn += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    const items = waiting().map(({ sequence, deliveryId, event, body }) => ({
      sequence,
      delivery_id: deliveryId,
      event,
      body,
      headers: this.sign(event, body, new Date(), deliveryId),
    }));
    return { json: { items } };
  }

  private acknowledge({ body }: Asked): Answer {
    this.acknowledged.push(...(body['delivery_ids'] as string[]));
    return { json: {} };
  }

  private product(marketplaceId: string): Answer {
    const releases = this.releases.filter((release) => release.marketplaceId === marketplaceId).reverse();
    const [newest] = releases;
    if (!newest) return problem(404, 'not_found', 'PACKAGE_NOT_FOUND');
    const versions = releases.map(({ version, sha256, zip, listing }) => ({
      version,
      published_at: '2025-01-01T00:00:00Z',
      sha256,
      size_bytes: zip.length,
      download_url: '/',
      changelog: '',
      carphacom_min_version: '1.0.0',
      carphacom_max_version: null,
      channel: 'stable',
      yanked: false,
      security: false,
      breaking: false,
      ...listing,
    }));
    const { advisories } = this;
    return {
      json: { product: { ...feedProduct(newest), description: 'long', screenshots: [], versions, advisories } },
    };
  }

  private download({ headers }: Asked, marketplaceId: string, version: string): Answer {
    const release = this.releases.find((each) => each.marketplaceId === marketplaceId && each.version === version);
    if (!release) return problem(404, 'not_found', 'RELEASE_NOT_FOUND');
    const isLicensed = headers['x-license-key'] === A_LICENSE_KEY && headers['x-instance-id'] !== undefined;
    if (release.priceEur > 0 && !isLicensed) return problem(402, 'payment_required', 'LICENSE_REQUIRED');
    const { sha256, signature, zip } = release;
    const url = `${this.url}/store/marketplace/bytes/${sha256}?sig=secret`;
    return {
      json: this.changeDownload({ url, expires_at: '2999-01-01T00:00:00Z', sha256, size_bytes: zip.length, signature }),
    };
  }

  private newest(): Release[] {
    return [...new Map(this.releases.map((release) => [release.marketplaceId, release])).values()];
  }

  private updatesFor(versions: Record<string, string>) {
    const concern = (advisory: Advisory) => isAffected(advisory, versions[advisory.marketplace_id] ?? '');
    const advisories = this.advisories.filter((each) => each.withdrawn_at === undefined && concern(each));
    return { updates: this.updatesOf(versions), advisories, deprecated: this.deprecated };
  }

  private updatesOf(versions: Record<string, string>) {
    return this.newest()
      .filter(
        ({ marketplaceId, version }) => versions[marketplaceId] !== undefined && versions[marketplaceId] !== version,
      )
      .map(({ marketplaceId, version, listing: { rollout } }) => {
        const basics = { marketplace_id: marketplaceId, current: versions[marketplaceId], latest: version };
        return { ...basics, changelog_url: '/', ...(rollout ? { rollout } : {}) };
      });
  }
}

function feedProduct({ marketplaceId, version, priceEur, manifest, sha256, sold }: Release) {
  const basics = {
    id: ID,
    marketplace_id: marketplaceId,
    name: 'Hello',
    type: 'admin-extension',
    version,
    price_eur: priceEur,
  };
  return { ...basics, ...sold, manifest, download_url: '/', sha256, published_at: '2030-01-01T00:00:00Z' };
}

function problem(status: number, type: string, code: string, facts: object = {}): Answer {
  return { status, json: { type, message: code, code, request_id: 'hub', ...facts } };
}
