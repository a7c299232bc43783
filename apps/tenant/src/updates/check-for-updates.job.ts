import { Clock, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { notify } from '#audit';
import { HubError, HubService } from '#hub';
import { Plugin } from '#plugins';
import { firstCheckAt, nextCheckAt } from './check-times.js';
import { tellOfAdvisory, tellOfDeprecation } from './tell-notices.js';
import { CHECK_FOR_UPDATES, scheduleCheck } from './update-schedule.js';
import { UpdateCheck } from './update-tables.entity.js';
import { UpdatesService, type AvailableUpdate, type UpdatesView } from './updates.service.js';

/** The scheduled check: ask, tell, install what the policy lets install, plan the next one. */
@Injectable()
export class CheckForUpdatesJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly hub: HubService,
    private readonly updates: UpdatesService,
  ) {}

  /** Plans the check of a shop that starts. It never waits for the hub, and starts that follow each other put nothing off. */
  async plan(): Promise<void> {
    if (!this.hub.isConfigured) return;
    await inTransaction(this.dataSource, async (tx) => {
      const known = await tx.findOneBy(UpdateCheck, { onlyRow: true });
      await scheduleCheck(tx, firstCheckAt(this.clock.now(), known?.nextAt ?? null, Math.random()));
    });
  }

  /** Twice for one job does no harm: what was ordered is under way or installed, what was told is told once. */
  @OnJob(CHECK_FOR_UPDATES)
  async run(): Promise<void> {
    if (!this.hub.isConfigured) return;
    const view = await this.ask();
    if (view && view.stale_since === undefined) await this.updates.installAutomatic(view);
    await inTransaction(this.dataSource, async (tx) => {
      const now = this.clock.now();
      for (const update of view?.updates ?? []) await this.tell(tx, update, now);
      if (view) await this.tellNotices(tx, view, now);
      const answeredAt = view && view.stale_since === undefined ? now : undefined;
      await scheduleCheck(tx, nextCheckAt(now, view ? endsOfHolds(view) : [], Math.random()), answeredAt);
    });
  }

  /** Null when the hub is away and no earlier answer is kept; the next check asks again. */
  private async ask(): Promise<UpdatesView | null> {
    return this.updates.check().catch((error: unknown) => {
      if (error instanceof HubError) return null;
      throw error;
    });
  }

  private async tellNotices(tx: EntityManager, { advisories, deprecated }: UpdatesView, at: Date): Promise<void> {
    const plugins = await tx.find(Plugin);
    const installed = new Map(plugins.map((plugin) => [plugin.marketplaceId, plugin]));
    for (const advisory of advisories) {
      await tellOfAdvisory(tx, advisory, installed.get(advisory.marketplace_id) ?? null, at);
    }
    for (const notice of deprecated) {
      const plugin = installed.get(notice.marketplace_id);
      if (plugin) await tellOfDeprecation(tx, notice, plugin, at);
    }
  }

  /** Tells the admins of each new version once. */
  private async tell(tx: EntityManager, update: AvailableUpdate, at: Date): Promise<void> {
    const { marketplace_id: subject, plugin_id: id, current, latest, security, decision } = update;
    const severity = security ? 'critical' : 'info';
    const message = `${id} ${latest} is available; ${current} is installed. ${decision.reason}`;
    const onceKey = `update:${subject}:${latest}`;
    await notify(tx, { at, code: 'UPDATE_AVAILABLE', severity, message, subject, onceKey });
  }
}

function endsOfHolds({ updates }: UpdatesView): Date[] {
  const all = updates.flatMap(({ versions }) => versions.map(({ decision }) => decision.until));
  return all.flatMap((until) => (until === null ? [] : [new Date(until)]));
}
