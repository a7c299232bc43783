import pg from 'pg';
import type { Logger } from 'pino';

/** First half of the advisory lock each living worker holds; the second is a hash of its id. */
const LIVENESS_LOCK = 4_711_002;
/** A worker gets its lock within this time of taking its first job. */
const GRACE = '5 seconds';

/**
 * Says which workers live, so that the jobs of a killed process are taken over in seconds instead of hours.
 *
 * Each worker holds an advisory lock on this connection, which PostgreSQL drops with the process. A connection that breaks is
 * made anew, with every lock, at the next word.
 */
export class Liveness {
  private client: pg.Client | undefined;
  private readonly workers = new Set<string>();
  /** One word at a time: a connection carries one query. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly databaseUrl: string,
    private readonly logger: Logger,
  ) {}

  /** This worker lives from here on. */
  async hold(workerId: string): Promise<void> {
    this.workers.add(workerId);
    await this.inTurn((client) => lock(client, workerId));
  }

  /** Gives back the jobs of workers whose lock nobody holds, and says how many workers that were. */
  async releaseJobsOfTheDead(): Promise<number> {
    return this.inTurn(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `SELECT DISTINCT locked_by AS id FROM graphile_worker._private_jobs
          WHERE locked_by IS NOT NULL AND locked_at < now() - interval '${GRACE}' AND NOT EXISTS (
            SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND objid = (hashtext(locked_by)::bigint & 4294967295)::oid)`,
        [LIVENESS_LOCK],
      );
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0) await client.query('SELECT graphile_worker.force_unlock_workers($1::text[])', [ids]);
      return ids.length;
    });
  }

  async close(): Promise<void> {
    await this.turn;
    await this.client?.end();
  }

  private async inTurn<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const mine = this.turn.then(async () => work(this.client ?? (await this.connect())));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'hansa-liveness',
      keepAlive: true,
    });
    client.on('error', (err) => {
      this.logger.warn({ err }, 'job liveness connection lost');
      if (this.client === client) this.client = undefined;
    });
    await client.connect();
    for (const workerId of this.workers) await lock(client, workerId);
    this.client = client;
    return client;
  }
}

async function lock(client: pg.Client, workerId: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [LIVENESS_LOCK, workerId]);
}
