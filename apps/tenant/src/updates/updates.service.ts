import type { Advisory, DeprecationNotice, Update } from '@hansa/contracts';
import { Clock, DomainError, type Logger } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER, TenantConfig } from '#config';
import { FeedService } from '#feed';
import { InstanceService } from '#hub';
import { InstallerService, type InstallJob } from '#installer';
import { LicensesService } from '#licenses';
import { Plugin } from '#plugins';
import { candidatesFor, type Listed } from './candidates.js';
import { decideUpdate, mayBeAskedFor, type UpdateDecision, type UpdateFacts } from './decide-update.js';
import { windowOpensAt } from './maintenance-window.js';
import { findPastFailures, type PastFailures } from './past-failures.js';
import type { UpdatePolicy } from './update-policy.js';
import { UpdatePolicyService } from './update-policy.service.js';

export interface DecidedVersion {
  readonly version: string;
  readonly published_at: string | null;
  readonly security: boolean;
  readonly decision: UpdateDecision;
}

export interface AvailableUpdate extends Update {
  readonly plugin_id: string;
  /** About `latest`. */
  readonly decision: UpdateDecision;
  /** The version that is installed by itself; null when none is. Not always the latest: a minor one when that is a major. */
  readonly automatic: string | null;
  /** Newest first, with what the policy says about each. */
  readonly versions: readonly DecidedVersion[];
}

export interface UpdatesView {
  readonly updates: readonly AvailableUpdate[];
  /** What is known to be wrong with what is installed, whether or not there is an update. */
  readonly advisories: readonly Advisory[];
  /** What is installed and no longer cared for. */
  readonly deprecated: readonly DeprecationNotice[];
  readonly checked_at: string;
  readonly stale_since?: string;
}

/** What "update all" did with one plugin: a job, or why there is none. */
export type UpdateAllOutcome =
  | { readonly plugin_id: string; readonly version: string; readonly job_id: string }
  | { readonly plugin_id: string; readonly version: string; readonly code: string; readonly reason: string };

/** What every decision of one check has in common. */
interface Ground {
  readonly policy: UpdatePolicy;
  readonly instanceId: string;
  readonly staleSince: Date | null;
  readonly windowOpensAt: Date | null;
  readonly pastFailureOf: PastFailures;
  readonly licenses: ReadonlyMap<string, NonNullable<UpdateFacts['license']>>;
  readonly now: Date;
}

@Injectable()
export class UpdatesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly instance: InstanceService,
    private readonly feed: FeedService,
    private readonly installer: InstallerService,
    private readonly licenses: LicensesService,
    private readonly policies: UpdatePolicyService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What is newer than what is installed, and what the policy says about it. @throws {HubError | HubRefusal} */
  async check(): Promise<UpdatesView> {
    const now = this.clock.now();
    const checkedAt = now.toISOString();
    const plugins = await this.dataSource.manager.find(Plugin, { order: { id: 'ASC' } });
    if (plugins.length === 0) return { updates: [], advisories: [], deprecated: [], checked_at: checkedAt };
    const policy = await this.policies.current();
    const versions = Object.fromEntries(plugins.map(({ marketplaceId, version }) => [marketplaceId, version]));
    const {
      updates,
      advisories = [],
      deprecated = [],
      stale_since: staleSince,
    } = await this.feed.updates(versions, policy.channel);
    const { id: instanceId } = await this.instance.identity();
    const ground = {
      licenses: await this.heldLicenses(),
      policy,
      instanceId,
      staleSince: staleSince === undefined ? null : new Date(staleSince),
      windowOpensAt: windowOpensAt(policy.window, now),
      pastFailureOf: await findPastFailures(this.dataSource.manager),
      now,
    };
    const idOf = new Map(plugins.map(({ id, marketplaceId }) => [marketplaceId, id]));
    const available: AvailableUpdate[] = [];
    for (const update of updates) {
      const pluginId = idOf.get(update.marketplace_id);
      if (pluginId !== undefined) available.push(await this.decide(update, pluginId, ground));
    }
    const notices = {
      advisories: advisories.filter(({ marketplace_id: id }) => idOf.has(id)),
      deprecated: deprecated.filter(({ marketplace_id: id }) => idOf.has(id)),
    };
    const age = staleSince ? { stale_since: staleSince } : {};
    return { updates: available, ...notices, checked_at: checkedAt, ...age };
  }

  /** Orders what the policy installs by itself, and says what was ordered. What cannot be ordered is tried at the next check. */
  async installAutomatic({ updates }: UpdatesView): Promise<InstallJob[]> {
    const jobs: InstallJob[] = [];
    for (const { plugin_id: pluginId, automatic, versions } of updates) {
      const chosen = versions.find(({ version }) => version === automatic);
      if (!chosen) continue;
      const securityClaimed = chosen.decision.needs_security_proof;
      try {
        jobs.push(await this.installer.requestUpdate(pluginId, chosen.version, 'system:updates', { securityClaimed }));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        this.logger.warn({ plugin: pluginId, version: chosen.version, code: error.code }, 'update not ordered');
      }
    }
    return jobs;
  }

  /**
   * Orders the newest version of every plugin that its policy does not forbid: an admin's word stands in for cool-down, rollout,
   * allow-list and maintenance window, and for major steps when it says so.
   *
   * @throws {HubError | HubRefusal}
   */
  async updateAll(includeMajor: boolean, actor: string): Promise<UpdateAllOutcome[]> {
    const { updates } = await this.check();
    const outcomes: UpdateAllOutcome[] = [];
    for (const { plugin_id, versions, latest, decision } of updates) {
      const chosen = versions.find((each) => mayBeAskedFor(each.decision, includeMajor));
      if (chosen) outcomes.push(await this.orderAsked(plugin_id, chosen.version, actor));
      else outcomes.push({ plugin_id, version: latest, code: decision.code, reason: decision.reason });
    }
    return outcomes;
  }

  private async orderAsked(pluginId: string, version: string, actor: string): Promise<UpdateAllOutcome> {
    try {
      const { id } = await this.installer.requestUpdate(pluginId, version, actor);
      return { plugin_id: pluginId, version, job_id: id };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { plugin_id: pluginId, version, code: String(error.code), reason: error.message };
    }
  }

  private async decide(update: Update, pluginId: string, ground: Ground): Promise<AvailableUpdate> {
    const { marketplace_id: marketplaceId, current } = update;
    const page = await this.page(marketplaceId);
    const license = ground.licenses.get(marketplaceId) ?? null;
    const facts = {
      ...ground,
      license,
      marketplaceId,
      current,
      staleSince: ground.staleSince ?? page?.staleSince ?? null,
    };
    const versions = candidatesFor(update, page, this.config.platformVersion).map((candidate) => ({
      version: candidate.version,
      published_at: candidate.publishedAt?.toISOString() ?? null,
      security: candidate.security,
      decision: decideUpdate({
        ...facts,
        candidate,
        pastFailure: ground.pastFailureOf(marketplaceId, candidate.version),
      }),
    }));
    const automatic = versions.find(({ decision }) => decision.verdict === 'automatic')?.version ?? null;
    const about = versions.find(({ version }) => version === update.latest) ?? versions[0];
    return Object.assign(update, { plugin_id: pluginId, decision: about!.decision, automatic, versions });
  }

  private async heldLicenses(): Promise<Ground['licenses']> {
    const held = await this.licenses.list();
    return new Map(
      held.map(({ license: { marketplaceId, updatesUntil }, explanation: { state } }) => [
        marketplaceId,
        { state, updatesUntil },
      ]),
    );
  }

  /** All versions of a package and their flaws; null when the hub has no page of it or gives none. */
  private async page(id: string): Promise<(Listed & { staleSince: Date | null }) | null> {
    try {
      const { product, stale_since: staleSince } = await this.feed.product(id);
      const { versions, advisories = [] } = product;
      return { versions, advisories, staleSince: staleSince === undefined ? null : new Date(staleSince) };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return null;
    }
  }
}
