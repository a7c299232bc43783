import { newId } from '@hansa/platform';
import {
  generateEd25519,
  licenseRequestText,
  newLicenseKey,
  readLicenseResponse,
  signLicenseRequest,
  verifyLicenseToken,
  verifyRevocationList,
  type Ed25519PrivateJwk,
  type Ed25519PublicJwk,
  type LicenseRequestClaims,
} from '@hansa/trust';
import {
  aPaidPackage,
  anInstance,
  asInstance,
  askBytes,
  askJson,
  asOperator,
  fixedClock,
  startTestHub,
  wrongKeyLike,
  type TestHub,
} from '#test';
import type { Package } from '#catalog';
import { Instance } from '#instances';
import { LicenseActivation, LicenseChanges, LicensesService, type IssuedLicense } from '#licenses';
import { WRONG_KEYS_PER_PREFIX } from '../src/licenses/guess-limiter.js';

const DAY = 24 * 3_600;

interface Shop {
  readonly id: string;
  readonly privateJwk: Ed25519PrivateJwk;
}

describe('license requests that are carried by hand', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let item: Package;
  beforeAll(async () => {
    hub = await startTestHub({ clock });
    item = await aPaidPackage(hub.database);
  });
  afterAll(() => hub.close());
  beforeEach(() => clock.advance(3_600));

  const issue = async (kind: 'one_time' | 'subscription' = 'one_time') => {
    const terms = {
      packageId: item.id,
      kind,
      billingInterval: 'month',
      customerEmail: 'a@b.example',
      instanceId: null,
    } as const;
    const [issued] = await hub.app.get(LicensesService, { strict: false }).issueMany({ ...terms, actor: 'test' }, 1);
    return issued!;
  };
  const aShop = () => ({ id: newId('inst'), ...generateEd25519() });
  const request = (shop: Shop, licenseKey: string, change: Partial<LicenseRequestClaims> = {}) => {
    const asked = {
      sub: shop.id,
      aud: hub.ground.config.hubUrl,
      license_key: licenseKey,
      environment: 'production',
    } as const;
    return signLicenseRequest({ ...asked, ...change }, shop.privateJwk, clock.now());
  };
  const send = async (text: string, headers?: Record<string, string>) => {
    const by = headers ?? (await asOperator(hub));
    const answer = await askJson(hub, 'POST', '/console/license-requests', by, { request: text });
    return { status: answer.status, body: answer.json() as Record<string, string> };
  };
  const keys = async (typ: string) => {
    const response = await fetch(`${hub.url}/.well-known/jwks.json`);
    const set = (await response.json()) as { keys: (Ed25519PublicJwk & { typ: string })[] };
    return set.keys.filter((key) => key.typ === typ);
  };
  const seats = (licenseId: string) => hub.database.dataSource.manager.findBy(LicenseActivation, { licenseId });
  const isRegistered = (id: string) => hub.database.dataSource.manager.existsBy(Instance, { id });

  it('are answered with a token for that shop, in a file and in a form that can be typed, and take a seat', async () => {
    const shop = aShop();
    const { license, licenseKey } = await issue();
    const asked = await request(shop, licenseKey, { jti: '00112233445566aa' });
    const { status, body } = await send(JSON.stringify({ license_request: asked }));
    expect([status, body['license_id'], body['instance_id']]).toEqual([201, license.id, shop.id]);
    const issuer = hub.ground.config.hubUrl;
    const expected = { issuer, instanceId: shop.id, marketplaceId: item.marketplaceId };
    const licenseKeys = await keys('license+jwt');
    const claims = await verifyLicenseToken(body['license_response']!, licenseKeys, expected, clock.now());
    expect(claims).toMatchObject({ sub: license.id, request: '00112233445566aa', kind: 'one_time' });
    expect(claims.exp - claims.iat).toBe(30 * DAY);
    const typed = readLicenseResponse(body['text']!);
    expect(typed.token({ ...expected, keys: licenseKeys })).toBe(body['license_response']);
    const list = await verifyRevocationList(
      body['revocations']!,
      await keys('license-revocations+jws'),
      { issuer },
      clock.now(),
    );
    expect(list.revoked).not.toContain(license.id);
    expect(await seats(license.id)).toMatchObject([
      { instanceId: shop.id, environment: 'production', releasedAt: null },
    ]);
  });

  it('are answered again when they come again, and take no second seat', async () => {
    const shop = aShop();
    const { license, licenseKey } = await issue();
    const text = licenseRequestText(await request(shop, licenseKey));
    const first = await send(text);
    clock.advance(60);
    const second = await send(text);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body['license_response']).not.toBe(first.body['license_response']);
    expect(await seats(license.id)).toHaveLength(1);
  });

  it('end with the license when that is sooner than 30 days', async () => {
    const { license, licenseKey } = await issue('subscription');
    clock.set(new Date(license.expiresAt!.getTime() - 5 * DAY * 1_000));
    const shop = aShop();
    const { body } = await send(await request(shop, licenseKey));
    const expected = { issuer: hub.ground.config.hubUrl, instanceId: shop.id, marketplaceId: item.marketplaceId };
    const claims = await verifyLicenseToken(
      body['license_response']!,
      await keys('license+jwt'),
      expected,
      clock.now(),
    );
    expect(claims.exp - claims.iat).toBe(5 * DAY);
  });

  it('take the last seat once, however many shops ask for it at the same time', async () => {
    const { license, licenseKey } = await issue();
    const texts = await Promise.all(Array.from({ length: 10 }, () => request(aShop(), licenseKey)));
    const operator = await asOperator(hub);
    const answers = await Promise.all(texts.map((text) => send(text, operator)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['reason'] === 'SEATS_EXHAUSTED')).toHaveLength(9);
    expect(await seats(license.id)).toHaveLength(1);
  });

  it('make the shop known, which may still get a line one day', async () => {
    const shop = aShop();
    const { licenseKey } = await issue();
    await send(await request(shop, licenseKey));
    const own = await askBytes(
      hub,
      '/store/marketplace/licenses',
      await asInstance(hub, { ...shop, webhookSecret: '' }),
    );
    expect(own.status).toBe(200);
    expect(own.json()).toMatchObject({ items: [{ activated: true }] });
  });

  describe('are refused, with nothing changed,', () => {
    const refusals: [string, (issued: IssuedLicense, shop: Shop) => Promise<string>, number, object][] = [
      [
        'when another key speaks for a shop the hub knows',
        async ({ licenseKey }) => {
          const known = await anInstance(hub.database);
          return request({ id: known.id, privateJwk: generateEd25519().privateJwk }, licenseKey);
        },
        403,
        { code: 'REQUEST_KEY_MISMATCH' },
      ],
      [
        'when no license has the key',
        (_, shop) => request(shop, newLicenseKey()),
        403,
        { code: 'LICENSE_REFUSED', reason: 'NOT_FOUND' },
      ],
      [
        'when the license is revoked',
        async ({ license, licenseKey }, shop) => {
          const changes = hub.app.get(LicenseChanges, { strict: false });
          await changes.decide(license.id, { hold: 'revoked', reason: 'a reason', actor: 'test' });
          return request(shop, licenseKey);
        },
        403,
        { code: 'LICENSE_REFUSED', reason: 'REVOKED' },
      ],
      [
        'when another shop has the only seat',
        async (_, shop) => {
          const { licenseKey } = await issue();
          await send(await request(aShop(), licenseKey));
          return request(shop, licenseKey);
        },
        403,
        { code: 'LICENSE_REFUSED', reason: 'SEATS_EXHAUSTED' },
      ],
      [
        'when they are older than 30 days',
        async ({ licenseKey }, shop) => {
          const old = await request(shop, licenseKey);
          clock.advance(30 * DAY + 31);
          return old;
        },
        400,
        { code: 'REQUEST_EXPIRED' },
      ],
      [
        'when they are from the future',
        async ({ licenseKey }, shop) => {
          clock.advance(60);
          const early = await request(shop, licenseKey);
          clock.advance(-60);
          return early;
        },
        400,
        { code: 'REQUEST_NOT_YET_VALID' },
      ],
      [
        'when they are for another hub',
        ({ licenseKey }, shop) => request(shop, licenseKey, { aud: 'https://other.example' }),
        400,
        { code: 'REQUEST_ALTERED' },
      ],
      [
        'when they were changed',
        async ({ licenseKey }, shop) => {
          const [header, , signature] = (await request(shop, newLicenseKey())).split('.');
          const [, payload] = (await request(shop, licenseKey)).split('.');
          return `${header}.${payload}.${signature}`;
        },
        400,
        { code: 'REQUEST_ALTERED' },
      ],
      [
        'when a line was mistyped, which is named',
        async ({ licenseKey }, shop) => {
          const text = licenseRequestText(await request(shop, licenseKey));
          const at = text.indexOf('\n') + 1;
          return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
        },
        400,
        { code: 'REQUEST_MISTYPED', line: 2 },
      ],
      ['when they are something else', () => Promise.resolve('{"a":1}'), 400, { code: 'REQUEST_MALFORMED' }],
    ];
    it.each(refusals)('%s', async (_when, make, status, problem) => {
      const shop = aShop();
      const issued = await issue();
      const answer = await send(await make(issued, shop));
      expect(answer).toMatchObject({ status, body: problem });
      expect([await seats(issued.license.id), await isRegistered(shop.id)]).toEqual([[], false]);
    });

    it('when too many wrong keys begin alike, right ones too until the minute is over', async () => {
      const { license, licenseKey } = await issue();
      const operator = await asOperator(hub);
      const wrong = await request(aShop(), wrongKeyLike(licenseKey));
      for (let times = 0; times < WRONG_KEYS_PER_PREFIX; times += 1)
        expect((await send(wrong, operator)).body['reason']).toBe('NOT_FOUND');
      const right = await request(aShop(), licenseKey);
      expect(await send(right, operator)).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
      expect(await seats(license.id)).toEqual([]);
      clock.advance(60);
      expect((await send(right, operator)).status).toBe(201);
    });
  });
});
