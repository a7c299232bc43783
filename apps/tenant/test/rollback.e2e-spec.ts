import { aRelease, FakeHub, startTenant, type ReleaseOptions, type TestTenant } from '#test';

const ILL = `export async function register() {}\nexport const health = () => ({ ok: false, message: 'no disk' });`;
const FIRST = {
  'migrations/0001-a.up.sql': 'CREATE TABLE a (id int PRIMARY KEY, name text); INSERT INTO a VALUES (1, $$one$$);',
  'migrations/0001-a.down.sql': 'DROP TABLE a;',
};
const SECOND = {
  ...FIRST,
  'migrations/0002-b.up.sql': 'ALTER TABLE a ADD b int; UPDATE a SET b = 2;',
  'migrations/0002-b.down.sql': 'ALTER TABLE a DROP b;',
};
const MERGED = { ...FIRST, 'migrations/0002-c.up.sql': '-- irreversible: names go\nALTER TABLE a DROP name;' };

describe('going back', () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub });
  });
  afterEach(async () => {
    await tenant.admin('DELETE', '/admin/plugins/hello?data=drop');
    await tenant.stop();
    await hub.stop();
  });

  const release = async (version: string, files?: ReleaseOptions['files'], code?: string) => {
    hub.releases.push(
      await aRelease({
        version,
        manifest: { migrations: files !== undefined },
        ...(files ? { files } : {}),
        ...(code ? { code } : {}),
      }),
    );
  };
  const done = async (path: string, body: object = {}) => {
    const reply = await tenant.admin('POST', `/admin/plugins/${path}`, body);
    expect([reply.status, reply.body.code]).toEqual([202, undefined]);
    return tenant.ended(reply.body.job.id);
  };
  const install = () => done('install', { marketplace_id: '@acme/hello' });
  const running = async () => (await tenant.admin('GET', '/plugins/hello/hello')).body.version;
  const item = async () => (await tenant.admin('GET', '/admin/plugins')).body.items[0];
  const table = async () => {
    const [row] = await tenant.dataSource.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'plugin_hello_%'
      AND nspname !~ '_(before|aside|undone)$'`);
    return row ? tenant.dataSource.query(`SELECT * FROM ${row.nspname}.a`) : null;
  };
  const schemas = async () =>
    (
      await tenant.dataSource.query(`SELECT count(*)::int AS n FROM pg_namespace WHERE nspname LIKE 'plugin_hello_%'`)
    )[0].n;

  it('goes back to any release that is kept, and keeps two', async () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) await release(version);
    hub.releases.reverse();
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0'])
      await done('install', { marketplace_id: '@acme/hello', version });
    expect((await tenant.admin('POST', '/admin/plugins/hello/rollback', { version: '1.0.0' })).body.code).toBe(
      'RELEASE_NOT_KEPT',
    );
    expect(await done('hello/rollback')).toMatchObject({ kind: 'rollback', version: '1.2.0', outcome: 'done' });
    expect(await running()).toBe('1.2.0');
    expect((await item()).last_rollback).toMatchObject({ version: '1.3.0', code: 'BY_ADMIN' });
    await done('hello/rollback', { version: '1.1.0' });
    expect(await running()).toBe('1.1.0');
    await done('hello/update', { version: '1.3.0' });
    expect(await running()).toBe('1.3.0');
    expect((await item()).last_rollback).toBeNull();
  });

  it('takes code and schema back when the new release is not well, and shows why', async () => {
    await release('1.0.0', FIRST);
    expect((await install()).schema).toEqual({ migrated: ['0001-a'], reverted: [], snapshot: false });
    await release('1.1.0', SECOND, ILL);
    expect(await done('hello/update')).toMatchObject({
      outcome: 'rolled_back',
      code: 'PLUGIN_UNHEALTHY',
      message: 'no disk',
    });
    expect(await table()).toEqual([{ id: 1, name: 'one' }]);
    expect(await running()).toBe('1.0.0');
    expect(await item()).toMatchObject({
      version: '1.0.0',
      state: 'running',
      health: { ok: true },
      last_rollback: { version: '1.1.0', code: 'PLUGIN_UNHEALTHY', message: 'no disk' },
    });
    expect(await tenant.dataSource.query('SELECT name FROM plugin_migrations')).toEqual([{ name: '0001-a' }]);
  });

  it('copies the schema before an irreversible migration, says so, and brings the copy back when the release is not well', async () => {
    await release('1.0.0', FIRST);
    await install();
    await release('1.1.0', MERGED, ILL);
    expect(await done('hello/update')).toMatchObject({
      outcome: 'rolled_back',
      schema: { migrated: ['0002-c'], snapshot: true },
    });
    expect(await table()).toEqual([{ id: 1, name: 'one' }]);
    expect(await schemas()).toBe(1);
    await release('1.2.0', MERGED);
    await done('hello/update');
    expect(await table()).toEqual([{ id: 1 }]);
    expect(await done('hello/rollback')).toMatchObject({
      outcome: 'done',
      schema: { reverted: ['0002-c'], snapshot: true },
    });
    expect(await table()).toEqual([{ id: 1, name: 'one' }]);
    expect(await schemas()).toBe(1);
  });

  it('runs down files when an admin goes back, and up files again after', async () => {
    await release('1.0.0', FIRST);
    await install();
    await release('1.1.0', SECOND);
    await done('hello/update');
    expect(await table()).toEqual([{ id: 1, name: 'one', b: 2 }]);
    await done('hello/rollback');
    expect(await table()).toEqual([{ id: 1, name: 'one' }]);
    await done('hello/update');
    expect(await table()).toEqual([{ id: 1, name: 'one', b: 2 }]);
    expect(await schemas()).toBe(1);
  });

  it.each<[string, Record<string, string>]>([
    [
      'MIGRATION_FAILED',
      { ...FIRST, 'migrations/0002-b.up.sql': 'SELECT * FROM public.admins', 'migrations/0002-b.down.sql': '' },
    ],
    ['MIGRATIONS_CHANGED', { ...FIRST, 'migrations/0001-a.down.sql': 'DROP TABLE a CASCADE;' }],
    ['MIGRATIONS_INVALID', { ...FIRST, 'migrations/0002-b.up.sql': '' }],
  ])('leaves everything as it is after %s', async (code, files) => {
    await release('1.0.0', FIRST);
    await install();
    await release('1.1.0', files);
    expect(await done('hello/update')).toMatchObject({ outcome: 'failed', code });
    expect(await running()).toBe('1.0.0');
    expect(await table()).toEqual([{ id: 1, name: 'one' }]);
  });

  it('drops schema and role with the data, and leaves both otherwise', async () => {
    await release('1.0.0', FIRST);
    await install();
    await tenant.admin('DELETE', '/admin/plugins/hello');
    expect(await table()).toEqual([{ id: 1, name: 'one' }]);
    await install();
    await tenant.admin('DELETE', '/admin/plugins/hello?data=drop');
    expect(await schemas()).toBe(0);
    expect(await tenant.dataSource.query('SELECT 1 FROM plugin_migrations')).toEqual([]);
  });
});
