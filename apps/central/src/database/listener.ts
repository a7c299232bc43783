import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';

type Refresh = () => Promise<void>;

const RECONNECT_MS = 500;
/** Re-reads everything this often even without a notification: a silently dead connection costs seconds, not for ever. */
const SAFETY_REFRESH_MS = 5_000;
const PING_TIMEOUT_MS = 2_000;

/**
 * Hears `NOTIFY` from the other processes on this database, so that what one changes the others forget at once.
 *
 * What is kept in memory on the strength of it is re-read on each (re)connection too: a notification sent while the
 * connection was down is not missed.
 */
@Injectable()
export class DatabaseListener implements OnModuleInit, OnModuleDestroy {
  private readonly refreshes = new Map<string, Refresh[]>();
  private client: pg.Client | undefined;
  private stopped = false;
  private safety: NodeJS.Timeout | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** Runs `refresh` whenever `channel` is notified. Call from a constructor, before the connection is made. */
  onNotify(channel: string, refresh: Refresh): void {
    this.refreshes.set(channel, [...(this.refreshes.get(channel) ?? []), refresh]);
  }

  async onModuleInit(): Promise<void> {
    await this.connect();
    this.safety = setInterval(() => void this.check(), SAFETY_REFRESH_MS);
    this.safety.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.safety);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const { url } = this.dataSource.options as { url: string };
    const client = new pg.Client({ connectionString: url, application_name: 'hansa-listener', keepAlive: true });
    client.on('error', () => this.reconnect(client));
    client.on('end', () => this.reconnect(client));
    client.on('notification', ({ channel }) => void this.refresh(channel));
    try {
      await client.connect();
      for (const channel of this.refreshes.keys()) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      client.removeAllListeners('end');
      await client.end().catch(() => undefined);
      if (this.client === undefined) throw error;
      this.reconnect(this.client);
      return;
    }
    this.client = client;
    for (const channel of this.refreshes.keys()) await this.refresh(channel);
  }

  private reconnecting = false;

  private reconnect(lost: pg.Client): void {
    if (this.stopped || this.reconnecting || lost !== this.client) return;
    this.reconnecting = true;
    setTimeout(() => {
      this.reconnecting = false;
      if (!this.stopped) void this.connect();
    }, RECONNECT_MS).unref();
  }

  private async check(): Promise<void> {
    const { client } = this;
    if (!client) return;
    const answered = await Promise.race([
      client.query('SELECT 1').then(
        () => true,
        () => false,
      ),
      new Promise<false>((done) => setTimeout(() => done(false), PING_TIMEOUT_MS).unref()),
    ]);
    if (!answered) this.reconnect(client);
  }

  /** A failed refresh leaves the old knowledge in place; the next notification or reconnection tries again. */
  private async refresh(channel: string): Promise<void> {
    for (const refresh of this.refreshes.get(channel) ?? []) await refresh().catch(() => undefined);
  }
}
