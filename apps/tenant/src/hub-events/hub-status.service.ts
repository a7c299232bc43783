import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FeedService } from '#feed';
import { HubContact, HubKeySet, HubService } from '#hub';
import { LicensesService } from '#licenses';

/** Something the shop goes by that the hub has not confirmed lately. */
export interface StaleItem {
  readonly what: 'catalog' | 'keys' | 'license';
  /** The package of a license. */
  readonly name: string | null;
  readonly since: string;
  readonly age_seconds: number;
  /** When the shop stops to go by it; null when it never does. */
  readonly good_until: string | null;
}

export interface HubStatus {
  readonly configured: boolean;
  /** To the minute. */
  readonly answered_at: string | null;
  /** Since when it has not answered; null while it does. */
  readonly silent_since: string | null;
  readonly stale: readonly StaleItem[];
}

/** Says whether the hub answers, and how old everything is that the shop goes by while it does not. */
@Injectable()
export class HubStatusService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly hub: HubService,
    private readonly contact: HubContact,
    private readonly feed: FeedService,
    private readonly licenses: LicensesService,
  ) {}

  async status(): Promise<HubStatus> {
    if (!this.hub.isConfigured) return { configured: false, answered_at: null, silent_since: null, stale: [] };
    const { answeredAt, silentSince } = await this.contact.of(this.hub.url);
    const answers = silentSince ? await this.kept() : [];
    return {
      configured: true,
      answered_at: answeredAt?.toISOString() ?? null,
      silent_since: silentSince?.toISOString() ?? null,
      stale: [...answers, ...(await this.overdueLicenses())],
    };
  }

  /** What is as old as the last answer. */
  private async kept(): Promise<StaleItem[]> {
    const catalog = await this.feed.newestAnswerAt();
    const keys = await this.dataSource.manager.findOneBy(HubKeySet, { hubUrl: this.hub.url });
    return [
      ...(catalog ? [this.item('catalog', null, catalog, null)] : []),
      ...(keys ? [this.item('keys', null, keys.fetchedAt, null)] : []),
    ];
  }

  private async overdueLicenses(): Promise<StaleItem[]> {
    const overdue = await this.licenses.overdue();
    return overdue.map(({ marketplaceId, since, stopsAt }) => this.item('license', marketplaceId, since, stopsAt));
  }

  private item(what: StaleItem['what'], name: string | null, since: Date, goodUntil: Date | null): StaleItem {
    const age = Math.max(0, Math.floor((this.clock.now().getTime() - since.getTime()) / 1_000));
    return { what, name, since: since.toISOString(), age_seconds: age, good_until: goodUntil?.toISOString() ?? null };
  }
}
