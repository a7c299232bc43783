import { fixedClock, useHubDatabase } from '#test';
import { AccessLedger, type Access, type Charged } from './access-ledger.js';

const TOKEN = 'token_1';
const one: Access = { tokenId: TOKEN, permits: 1, notes: [{ action: 'metadata', subject: 'acme/seo' }] };

describe(AccessLedger.name, () => {
  const database = useHubDatabase();
  const open: AccessLedger[] = [];
  const ledger = () => {
    const made = new AccessLedger(database.dataSource, fixedClock('2030-01-01T00:00:00Z'));
    open.push(made);
    return made;
  };
  const aToken = (limit: number) =>
    database.dataSource.query(
      `INSERT INTO package_tokens (id, issuer, token_hash, description, rate_limit_max, created_at)
       VALUES ($1, 'operator', sha256('x'), '', $2, now())`,
      [TOKEN, limit],
    );
  const ask = (from: AccessLedger, times: number): Promise<Charged[]> =>
    Promise.all(Array.from({ length: times }, async () => from.charge(one)));
  const grantedOf = (charges: readonly Charged[]) => charges.filter(({ granted }) => granted).length;
  const close = () => Promise.all(open.splice(0).map((each) => each.onApplicationShutdown()));
  const audited = async () => {
    const rows: { action: string; requests: number }[] = await database.dataSource.query(
      'SELECT action, sum(requests)::int AS requests FROM composer_accesses GROUP BY action ORDER BY action',
    );
    return Object.fromEntries(rows.map(({ action, requests }) => [action, requests]));
  };
  const used = async () => {
    const [row]: { used: number; requests: number }[] = await database.dataSource.query(
      'SELECT used, requests::int FROM package_token_usage',
    );
    return row;
  };

  afterEach(close);

  it('hands out every permit of the limit although another process holds some it does not need', async () => {
    await aToken(400);
    const [first, second] = [ledger(), ledger()];
    await ask(first, 40);
    await ask(first, 40); // busy: it holds permits for the next moment now, unless this machine is too slow to see it
    const rest = await ask(second, 400);
    expect(grantedOf(rest)).toBe(320);
    await close();
    expect(await used()).toEqual({ used: 400, requests: 400 });
    expect(await audited()).toEqual({ metadata: 480 });
  });

  it('tells who came too late, exactly, however many ask at once', async () => {
    await aToken(1_000);
    const ledgers = [ledger(), ledger(), ledger()];
    let granted = 0;
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(ledgers.map((each) => ask(each, 100)));
      granted += grantedOf(answers.flat());
    }
    expect(granted).toBe(1_000);
  });

  it('counts what a dead process held as used, and says so in the audit', async () => {
    await aToken(400);
    await ask(ledger(), 1);
    await database.dataSource.query(
      `INSERT INTO package_token_leases VALUES ($1, 'dead', 30, '2030-01-01T00:00:00Z', now() - interval '1 second')`,
      [TOKEN],
    );
    await database.dataSource.query('UPDATE package_token_usage SET used = used + 30');
    const survivor = ledger();
    expect(grantedOf(await ask(survivor, 1))).toBe(1);
    expect(await audited()).toMatchObject({ unaccounted: 30 });
  });

  it('gives everything back and writes everything when it closes', async () => {
    await aToken(100_000);
    const busy = ledger();
    for (let round = 0; round < 5; round += 1) await ask(busy, 40);
    await close();
    expect(await used()).toEqual({ used: 200, requests: 200 });
    expect(await audited()).toEqual({ metadata: 200 });
    expect(await database.dataSource.query('SELECT 1 FROM package_token_leases')).toEqual([]);
  });

  it('asks the database again once told that a token changed', async () => {
    await aToken(100_000);
    const busy = ledger();
    for (let round = 0; round < 3; round += 1) await ask(busy, 40);
    await database.dataSource.query('UPDATE package_tokens SET revision = 7');
    busy.forget(TOKEN);
    expect((await ask(busy, 1))[0]).toMatchObject({ tokenRevision: 7 });
  });

  it('fails the charge, not the process, when the database does', async () => {
    const lonely = ledger();
    await expect(lonely.charge({ ...one, tokenId: 'token_unknown' })).rejects.toThrow();
    await aToken(10);
    expect(grantedOf(await ask(lonely, 1))).toBe(1);
  });
});
