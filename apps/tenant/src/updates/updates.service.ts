import type { Update } from '@hansa/contracts';
import { Clock, defineJob, inTransaction, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { notify } from '#audit';
import { FeedService } from '#feed';
import { HubError, HubService, InstanceService } from '#hub';
import { Plugin } from '#plugins';
import { decisionFor, type UpdateDecision } from './update-policy.js';

const CHECK_FOR_UPDATES = defineJob('check-for-updates', { cron: '17 */6 * * *', maxAttempts: 5 });

export interface AvailableUpdate extends Update {
  readonly plugin_id: string;
  readonly decision: UpdateDecision;
}

export interface UpdatesView {
  readonly updates: readonly AvailableUpdate[];
  readonly checked_at: string;
  readonly stale_since?: string;
}

@Injectable()
export class UpdatesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly hub: HubService,
    private readonly instance: InstanceService,
    private readonly feed: FeedService,
  ) {}

  /** What is newer than what is installed, and what the policy says about it. @throws {HubError | HubRefusal} */
  async check(): Promise<UpdatesView> {
    const checkedAt = this.clock.now().toISOString();
    const plugins = await this.dataSource.manager.find(Plugin, { order: { id: 'ASC' } });
    if (plugins.length === 0) return { updates: [], checked_at: checkedAt };
    const { id: instanceId } = await this.instance.identity();
    const versions = Object.fromEntries(plugins.map(({ marketplaceId, version }) => [marketplaceId, version]));
    const { updates, stale_since: staleSince } = await this.feed.updates(versions);
    const idOf = new Map(plugins.map(({ id, marketplaceId }) => [marketplaceId, id]));
    const available = updates.flatMap((update) => {
      const pluginId = idOf.get(update.marketplace_id);
      const decision = decisionFor(update, instanceId);
      return pluginId === undefined ? [] : [Object.assign(update, { plugin_id: pluginId, decision })];
    });
    return { updates: available, checked_at: checkedAt, ...(staleSince ? { stale_since: staleSince } : {}) };
  }

  /** Tells the admins of each new version once. */
  @OnJob(CHECK_FOR_UPDATES)
  async tellOfUpdates(): Promise<void> {
    if (!this.hub.isConfigured) return;
    const { updates, checked_at: checkedAt } = await this.check().catch((error: unknown) => {
      // The next scheduled check asks again; the tab says since when its answer is stale.
      if (error instanceof HubError) return { updates: [], checked_at: this.clock.now().toISOString() };
      throw error;
    });
    await inTransaction(this.dataSource, async (tx) => {
      for (const { marketplace_id: subject, plugin_id: id, current, latest, security } of updates) {
        const severity = security ? 'critical' : 'info';
        const message = `${id} ${latest} is available; ${current} is installed.`;
        const onceKey = `update:${subject}:${latest}`;
        await notify(tx, { at: new Date(checkedAt), code: 'UPDATE_AVAILABLE', severity, message, subject, onceKey });
      }
    });
  }
}
