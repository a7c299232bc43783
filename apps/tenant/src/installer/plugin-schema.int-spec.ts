import { useTestDatabase } from '#test';
import type { EntityManager } from 'typeorm';
import { copySchema, ensureSpace, runAsPlugin, spaceOf, swapSchema, type PluginSpace } from './plugin-schema.js';

describe('the schema of a plugin', () => {
  const database = useTestDatabase();
  let space: PluginSpace;
  const inSpace = <T>(work: (tx: EntityManager) => Promise<T>) =>
    database.dataSource.transaction(async (tx) => {
      space = await spaceOf(tx, 'hello-world');
      await ensureSpace(tx, space);
      return work(tx);
    });
  const run = (script: string) => inSpace((tx) => runAsPlugin(tx, space, script));
  const query = (sql: string): Promise<Record<string, unknown>[]> => database.dataSource.query(sql);

  it('is where unqualified names lead', async () => {
    await run('CREATE TABLE a (id int); INSERT INTO a VALUES (1);');
    expect(await query(`SELECT id FROM ${space.schema}.a`)).toEqual([{ id: 1 }]);
  });

  it.each<[string, string]>([
    ['reads a table of the shop', 'CREATE TABLE t AS SELECT * FROM public.admins'],
    ['changes one', `UPDATE public.plugins SET enabled = false`],
    ['creates in the shop’s schema', 'CREATE TABLE public.mine (id int)'],
    ['creates a schema', 'CREATE SCHEMA mine'],
    ['enqueues a job', `SELECT graphile_worker.add_job('run-install')`],
    ['reads a file', `CREATE TABLE t AS SELECT pg_read_file('/etc/passwd')`],
    ['runs a program', `CREATE TABLE t (x text); COPY t FROM PROGRAM 'id'`],
    ['takes the rights of the shop back', 'RESET ROLE; SELECT * FROM public.admins'],
    ['takes another role', 'SET ROLE postgres'],
    ['takes another session', 'SET SESSION AUTHORIZATION DEFAULT'],
    ['does so by a function', `SELECT set_config('role', 'none', true)`],
    ['does so from a block', `DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$`],
    ['ends the transaction', 'COMMIT'],
    ['ends it from a block', 'DO $$ BEGIN COMMIT; END $$'],
    ['refers to a table of the shop', 'CREATE TABLE t (id text REFERENCES public.plugins (id))'],
    ['makes an extension', 'CREATE EXTENSION dblink'],
  ])('refuses a script that %s', async (_, script) => {
    await expect(run(script)).rejects.toThrow();
  });

  it('takes back what a script leaves in the session: settings, temporary tables, locks, put off checks', async () => {
    const user = await inSpace(async (tx) => {
      const script = `
        CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $f$
          BEGIN INSERT INTO seen SELECT current_user; RETURN NEW; END $f$;
        CREATE TABLE seen (who text); CREATE TABLE t (id int);
        CREATE CONSTRAINT TRIGGER later AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spy();
        INSERT INTO t VALUES (1);
        CREATE TEMP TABLE plugins (id text); SET search_path = ${space.schema}, public; SET statement_timeout = 1;
        SELECT pg_advisory_lock(1, 2);`;
      await runAsPlugin(tx, space, script);
      await tx.query('SELECT pg_sleep(0.01), enabled FROM plugins');
      return tx.query(`SELECT current_user AS me, current_setting('search_path') AS path,
        (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND classid = 1) AS locks`);
    });
    expect(user).toEqual([
      { me: expect.not.stringContaining('hansa_plugin'), path: expect.not.stringContaining(space.schema), locks: 0 },
    ]);
    expect(await query(`SELECT who FROM ${space.schema}.seen`)).toEqual([{ who: space.role }]);
  });

  it('keeps its rights from a script that changes the function it runs in', async () => {
    await run(`DO $do$ DECLARE name text := (SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'hansa_run_%'); BEGIN
      EXECUTE 'ALTER FUNCTION ' || name || ' SECURITY INVOKER'; END $do$`);
    await expect(run('SELECT * FROM public.admins')).rejects.toThrow('permission denied');
  });

  it('is copied with its rows, keys, references and sequences, and either copy can take the name', async () => {
    await run(`
      CREATE TABLE customer (id serial PRIMARY KEY, mail text NOT NULL CONSTRAINT one_mail UNIQUE, upper_mail text
        GENERATED ALWAYS AS (upper(mail)) STORED);
      CREATE TABLE points (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL REFERENCES customer,
        n int CHECK (n > 0));
      CREATE INDEX points_by_customer ON points (customer) WHERE n > 1;
      INSERT INTO customer (mail) VALUES ('a@x'), ('b@x'); INSERT INTO points (customer, n) VALUES (1, 5), (2, 6);`);
    const copy = `${space.schema}_copy`;
    await inSpace((tx) => copySchema(tx, space, copy));
    await run('DROP TABLE points; ALTER TABLE customer DROP mail CASCADE;');
    await inSpace((tx) => swapSchema(tx, space.schema, copy, `${copy}_old`));
    await inSpace((tx) => tx.query(`DROP SCHEMA ${copy}_old CASCADE`));
    await run(`INSERT INTO customer (mail) VALUES ('c@x'); INSERT INTO points (customer, n) VALUES (3, 7);
      DROP INDEX points_by_customer; ALTER TABLE customer DROP CONSTRAINT one_mail;`);
    expect(
      await query(`SELECT points.id::int, mail, upper_mail AS up, n FROM ${space.schema}.points
      JOIN ${space.schema}.customer ON customer.id = customer ORDER BY 1`),
    ).toEqual([
      { id: 1, mail: 'a@x', up: 'A@X', n: 5 },
      { id: 2, mail: 'b@x', up: 'B@X', n: 6 },
      { id: 3, mail: 'c@x', up: 'C@X', n: 7 },
    ]);
    await expect(run('INSERT INTO points (customer, n) VALUES (99, 1)')).rejects.toThrow('foreign key');
  });

  it.each([
    'CREATE VIEW v AS SELECT 1 AS x',
    "CREATE TYPE mood AS ENUM ('good')",
    `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  ])('is not copied when there is more in it than tables: %s', async (script) => {
    await run(script);
    await expect(inSpace((tx) => copySchema(tx, space, `${space.schema}_copy`))).rejects.toMatchObject({
      driverError: { code: 'HS001' },
    });
  });
});
