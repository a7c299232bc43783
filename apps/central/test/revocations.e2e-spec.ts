import { verifyRevocationList, type Ed25519PublicJwk } from '@hansa/trust';
import { aPaidPackage, askBytes, eventually, fixedClock, startTestHub, statementsOf, type TestHub } from '#test';
import type { Package } from '#catalog';
import { LicenseChanges, LicensesService, RevocationLists } from '#licenses';
import { KeyRing } from '#signing';

const DAY = 24 * 3_600;

describe('the list of revocations', () => {
  const clock = fixedClock('2030-01-01T12:00:00Z');
  let hub: TestHub;
  let item: Package;
  let lists: RevocationLists;
  beforeEach(async () => {
    clock.set(new Date('2030-01-01T12:00:00Z'));
    hub = await startTestHub({ clock });
    item = await aPaidPackage(hub.database);
    lists = hub.app.get(RevocationLists, { strict: false });
  });
  afterEach(() => hub.close());

  const aLicense = async () => {
    const terms = {
      packageId: item.id,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: 'a@b.example',
    } as const;
    const [issued] = await hub.app
      .get(LicensesService, { strict: false })
      .issueMany({ ...terms, instanceId: null, actor: 'test' }, 1);
    return issued!.license.id;
  };
  const decide = (id: string, hold: 'revoked' | 'suspended' | null) =>
    hub.app.get(LicenseChanges, { strict: false }).decide(id, { hold, reason: 'a reason', actor: 'test' });
  const fetchList = (headers: Record<string, string> = {}) => askBytes(hub, '/store/marketplace/revocations', headers);
  const keys = async () => {
    const response = await fetch(`${hub.url}/.well-known/jwks.json`);
    const set = (await response.json()) as { keys: (Ed25519PublicJwk & { typ: string })[] };
    return set.keys.filter(({ typ }) => typ === 'license-revocations+jws');
  };
  const read = async () => {
    const { status, headers, body } = await fetchList();
    expect([status, headers['content-type']]).toEqual([200, 'application/jose']);
    const expected = { issuer: hub.ground.config.hubUrl };
    return verifyRevocationList(body.toString(), await keys(), expected, clock.now());
  };

  it('is there from the first question on, signed with a published key of its own', async () => {
    const list = await read();
    expect(list).toMatchObject({ revoked: [], suspended: [] });
    expect(list.exp - list.iat).toBe(7 * DAY);
    expect(hub.app.get(KeyRing, { strict: false }).active('license').kid).not.toBe((await keys())[0]!.kid);
  });

  it('names what is revoked and suspended, and names it no more when it is reinstated', async () => {
    const [revoked, suspended] = [await aLicense(), await aLicense()];
    const first = await read();
    await decide(revoked, 'revoked');
    await decide(suspended, 'suspended');
    await lists.publish();
    const second = await read();
    expect(second).toMatchObject({ revoked: [revoked], suspended: [suspended] });
    await decide(suspended, 'revoked');
    await decide(revoked, null);
    await lists.publish();
    const third = await read();
    expect(third).toMatchObject({ revoked: [suspended], suspended: [] });
    expect(first.sequence < second.sequence && second.sequence < third.sequence).toBe(true);
  });

  it('is signed again when half of its life is over, and not before', async () => {
    const first = await read();
    clock.advance(3.5 * DAY - 1);
    await lists.publish();
    expect((await read()).sequence).toBe(first.sequence);
    clock.advance(1);
    await lists.publish();
    const second = await read();
    expect([second.sequence > first.sequence, second.exp - second.iat]).toEqual([true, 7 * DAY]);
  });

  it('gives one number to one list when several processes publish at once', async () => {
    await read();
    await decide(await aLicense(), 'revoked');
    await hub.database.dataSource.query('UPDATE revocation_list SET sequence = 9000000000');
    await Promise.all(Array.from({ length: 5 }, () => lists.publish()));
    const [row] = await hub.database.dataSource.query('SELECT sequence FROM revocation_list');
    expect(row).toEqual({ sequence: '9000000001' });
  });

  it('does not fall behind what shops have seen when its database comes from a backup', async () => {
    await read();
    await hub.database.dataSource.query('UPDATE revocation_list SET sequence = 1');
    clock.advance(4 * DAY);
    await lists.publish();
    expect((await read()).sequence).toBe(Math.floor(clock.now().getTime() / 1_000));
  });

  it('drops a license when its last token and the grace after it are over, however late the revocation was known', async () => {
    const id = await aLicense();
    await decide(id, 'revoked');
    await hub.database.dataSource.query(`UPDATE licenses SET revoked_at = '2020-01-01' WHERE id = $1`, [id]);
    await lists.publish();
    expect((await read()).revoked).toEqual([id]);
    clock.advance(38 * DAY - 1);
    await lists.publish();
    expect((await read()).revoked).toEqual([id]);
    clock.advance(4 * DAY);
    await lists.publish();
    expect((await read()).revoked).toEqual([]);
  });

  it('costs no statement to serve, and nothing at all to whoever has it', async () => {
    const { headers } = await fetchList();
    const statements = await statementsOf(hub, async () => {
      const again = await fetchList({ 'if-none-match': String(headers['etag']) });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      for (let times = 0; times < 20; times += 1) expect((await fetchList()).status).toBe(200);
    });
    // The news of the first list may arrive meanwhile: that reads it once.
    expect(statements.length).toBeLessThan(2);
  });

  it('is told at once to every process of the hub', async () => {
    const other = await startTestHub({ clock, on: hub.database });
    try {
      const before = await other.app.get(RevocationLists, { strict: false }).current();
      await decide(await aLicense(), 'revoked');
      await lists.publish();
      const { sequence } = await lists.current();
      expect(sequence).toBeGreaterThan(before.sequence);
      const heard = async () => (await other.app.get(RevocationLists, { strict: false }).current()).sequence;
      await eventually('the other process has the new list', async () => (await heard()) === sequence);
    } finally {
      await other.close();
    }
  });
});
