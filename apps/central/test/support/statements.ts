import type { Socket } from 'node:net';
import { poolOf } from '@hansa/platform';
import type { TestDatabase } from '@hansa/testing';
import type { PoolClient } from 'pg';
import type { TestHub } from './harness.js';

/** What begins and ends a transaction asks for nothing by itself. */
export const FRAME = /^\s*(START TRANSACTION|BEGIN|COMMIT|ROLLBACK)\b/i;

interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

interface Connection {
  /** Breaks it, as a killed process does: PostgreSQL undoes what was not committed. */
  kill(): void;
}

/** Calls `watcher` before each statement that goes to PostgreSQL, whoever sends it. The answer stops watching. */
export function watchStatements(
  database: TestDatabase,
  watcher: (text: string, connection: Connection, values: readonly unknown[]) => unknown,
): () => void {
  const pool = poolOf(database.dataSource);
  const plain = new Map<PoolClient, PoolClient['query']>();
  const watch = (client: PoolClient) => {
    if (plain.has(client)) return;
    const query = client.query;
    plain.set(client, query);
    const connection = {
      kill: () => (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy(),
    };
    client.query = ((...values: Parameters<PoolClient['query']>) => {
      const [asked, given] = values as readonly unknown[] as readonly [string | Statement, (readonly unknown[])?];
      const { text, values: own } = typeof asked === 'string' ? { text: asked, values: given } : asked;
      watcher(text, connection, own ?? []);
      return query.apply(client, values);
    }) as PoolClient['query'];
  };
  pool.on('acquire', watch);
  return () => {
    pool.off('acquire', watch);
    for (const [client, query] of plain) client.query = query;
  };
}

/** The statements that `work` makes the hub send; beginning and ending a transaction are none. */
export async function statementsOf(hub: TestHub, work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const stop = watchStatements(hub.database, (text) => {
    if (!FRAME.test(text)) sent.push(text);
  });
  try {
    await work();
  } finally {
    stop();
  }
  return sent;
}
