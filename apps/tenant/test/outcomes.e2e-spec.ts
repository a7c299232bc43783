import { aRelease, eventually, FakeHub, startTenant, type ReleaseOptions, type TestTenant } from '#test';

const SETTING = '/admin/marketplace/outcome-reports';
const ILL = `export async function register() {}\nexport const health = () => ({ ok: false, message: 'no disk' });`;

describe('outcome reports', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub });
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const reports = () => hub.asked.filter(({ path }) => path === '/store/marketplace/outcomes');
  const waiting = () =>
    tenant.dataSource.query(`SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'report-outcome'`);
  const consent = async (given: boolean) =>
    expect((await tenant.admin('PUT', SETTING, { consent: given })).body).toEqual({ consent: given });
  const install = async (options: ReleaseOptions = {}) => {
    hub.releases.push(await aRelease(options));
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: '@acme/hello' });
    return (await tenant.ended(body.job.id)).outcome as string;
  };

  it('are not made until an admin consents', async () => {
    expect((await tenant.admin('GET', SETTING)).body).toEqual({ consent: false });
    expect(await install()).toBe('done');
    expect(await waiting()).toEqual([]);
    expect(reports()).toEqual([]);
  });

  it('say package, version and one word, signed by the shop, with a row in the ledger', async () => {
    await consent(true);
    expect(await install({ code: ILL })).toBe('rolled_back');
    const [report] = await eventually('the hub is told', async () => reports().length > 0 && reports());
    expect(report!.body).toEqual({ marketplace_id: '@acme/hello', version: '1.0.0', outcome: 'rolled_back' });
    expect(report!.headers.authorization).toMatch(/^Bearer ey/);
    const { body } = await tenant.admin('GET', '/admin/egress');
    const row = body.items.find(({ path }: { path: string }) => path === '/store/marketplace/outcomes');
    expect(row).toMatchObject({
      method: 'POST',
      fields: expect.arrayContaining(['body.marketplace_id', 'body.version', 'body.outcome']),
    });
  });

  it('that wait for a hub are not sent once the consent is taken back', async () => {
    await consent(true);
    hub.releases.push(await aRelease());
    const { body } = await tenant.admin('POST', '/admin/plugins/install', { marketplace_id: '@acme/hello' });
    await tenant.dataSource.query(`
      CREATE FUNCTION hold() RETURNS trigger AS $$ BEGIN NEW.run_at := now() + interval '1 hour'; RETURN NEW; END $$ LANGUAGE plpgsql;
      CREATE TRIGGER hold BEFORE INSERT ON graphile_worker._private_jobs FOR EACH ROW
        WHEN (NEW.key LIKE 'report-outcome:%') EXECUTE FUNCTION hold();`);
    await tenant.ended(body.job.id);
    await eventually('a report waits', async () => (await waiting()).length === 1);
    await consent(false);
    await tenant.dataSource.query(
      `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key LIKE 'report-outcome:%'`,
    );
    await eventually('it is gone', async () => (await waiting()).length === 0);
    expect(reports()).toEqual([]);
  });
});
