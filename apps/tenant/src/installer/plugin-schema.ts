import { createHash, randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { snapshotScript } from './snapshot-script.js';

/** The part of the database that is a plugin's own. Names are made here and hold nothing but `[a-z0-9_]`. */
export interface PluginSpace {
  readonly schema: string;
  /** Owns the schema, cannot log in, and has no right to anything else. */
  readonly role: string;
}

/** How long one script of a plugin may take. */
const SCRIPT_TIMEOUT_MS = 5 * 60_000;

/** Where a plugin's tables are. Roles are shared by all databases of a server, so theirs is named after the database too. */
export async function spaceOf(tx: EntityManager, pluginId: string): Promise<PluginSpace> {
  const [{ name }] = await tx.query<[{ name: string }]>('SELECT current_database() AS name');
  const slug = pluginId.replaceAll('-', '_').slice(0, 30);
  return { schema: `plugin_${slug}_${digest(pluginId)}`, role: `hansa_plugin_${digest(`${name}\n${pluginId}`)}` };
}

/** Makes schema and role unless they are there. */
export async function ensureSpace(tx: EntityManager, { schema, role }: PluginSpace): Promise<void> {
  const found: unknown[] = await tx.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (found.length === 0) {
    await tx.query(`CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT`);
    await tx.query(`GRANT ${role} TO CURRENT_USER`);
  }
  await tx.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${role}`);
}

/**
 * Runs a script of a plugin with the rights of its role and its schema as the only one it sees without a name. It runs inside a
 * `SECURITY DEFINER` function: there PostgreSQL refuses `SET ROLE`, `RESET ROLE` and `COMMIT`, with which a script under a mere
 * `SET LOCAL ROLE` would take the shop's own rights back. What a script can leave in the session goes at once: settings
 * (`search_path`), temporary tables that would hide the shop's, locks, and checks put off to the commit.
 */
export async function runAsPlugin(tx: EntityManager, { schema, role }: PluginSpace, script: string): Promise<void> {
  // Made anew under a name nobody knows: the role owns it, and could have changed one from before or put another beside it.
  const run = `${schema}.hansa_run_${randomBytes(8).toString('hex')}`;
  await tx.query(`
    CREATE FUNCTION ${run}(script text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
    BEGIN EXECUTE script; SET CONSTRAINTS ALL IMMEDIATE; END $$`);
  await tx.query(`ALTER FUNCTION ${run}(text) OWNER TO ${role}`);
  await tx.query(`SET LOCAL statement_timeout = ${SCRIPT_TIMEOUT_MS}`);
  await tx.query(`SELECT ${run}($1::text)`, [script]);
  await tx.query('RESET ALL');
  await tx.query('DISCARD TEMP');
  await tx.query('SELECT pg_catalog.pg_advisory_unlock_all()');
  await tx.query(`DROP FUNCTION IF EXISTS ${run}(text)`);
}

/** Copies a schema, tables and sequences with all they hold, into another. @throws when it has more in it than those */
export async function copySchema(tx: EntityManager, space: PluginSpace, target: string): Promise<void> {
  await dropSchema(tx, target);
  await tx.query(`CREATE SCHEMA ${target} AUTHORIZATION ${space.role}`);
  // As the plugin: a default or a check of its tables may be a function of its own.
  await runAsPlugin(tx, space, snapshotScript(space.schema, target));
}

/** Puts one schema in the place of another, which keeps its content under the name `aside`. */
export async function swapSchema(
  tx: EntityManager,
  current: string,
  replacement: string,
  aside: string,
): Promise<void> {
  await dropSchema(tx, aside);
  await tx.query(`ALTER SCHEMA ${current} RENAME TO ${aside}`);
  await tx.query(`ALTER SCHEMA ${replacement} RENAME TO ${current}`);
}

export async function dropSchema(tx: EntityManager, schema: string): Promise<void> {
  await tx.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
}

/** Removes everything the role of a plugin owns, and the role. */
export async function dropSpace(tx: EntityManager, { role }: PluginSpace): Promise<void> {
  const found: unknown[] = await tx.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (found.length === 0) return;
  await tx.query(`DROP OWNED BY ${role} CASCADE`);
  await tx.query(`DROP ROLE ${role}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
