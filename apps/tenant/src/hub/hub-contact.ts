import type { UnreachableReason } from '@hansa/hub-client';
import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HubContactEntry } from './hub-tables.entity.js';

/** How exact the time of the last answer is; a row is not written for every question. */
const WRITE_EVERY_MS = 60_000;
/** How long a hub that let a question time out is not asked again. */
const SILENT_MS = 30_000;

/** Remembers whether the hub answers. */
@Injectable()
export class HubContact {
  private writtenAt = 0;
  private askAgainAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Whether it took a question a moment ago and never answered. */
  isSilent(): boolean {
    return this.clock.now().getTime() < this.askAgainAt;
  }

  async answered(hubUrl: string): Promise<void> {
    const now = this.clock.now();
    this.askAgainAt = 0;
    if (Math.abs(now.getTime() - this.writtenAt) < WRITE_EVERY_MS) return;
    await this.dataSource.manager.upsert(HubContactEntry, { hubUrl, answeredAt: now, silentSince: null }, ['hubUrl']);
    this.writtenAt = now.getTime();
  }

  /** The first failure in a row is the one whose time is kept. */
  async failed(hubUrl: string, reason: UnreachableReason): Promise<void> {
    const now = this.clock.now();
    if (reason === 'TIMEOUT') this.askAgainAt = now.getTime() + SILENT_MS;
    this.writtenAt = 0;
    await this.dataSource.manager.query(
      `INSERT INTO hub_contacts (hub_url, silent_since) VALUES ($1, $2)
       ON CONFLICT (hub_url) DO UPDATE SET silent_since = COALESCE(hub_contacts.silent_since, EXCLUDED.silent_since)`,
      [hubUrl, now],
    );
  }

  /** What is known of a hub; nulls before the first question. */
  async of(hubUrl: string): Promise<{ readonly answeredAt: Date | null; readonly silentSince: Date | null }> {
    const row = await this.dataSource.manager.findOneBy(HubContactEntry, { hubUrl });
    return { answeredAt: row?.answeredAt ?? null, silentSince: row?.silentSince ?? null };
  }
}
