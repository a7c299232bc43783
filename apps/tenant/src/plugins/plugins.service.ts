import { Clock, inTransaction, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { notify, recordAudit, recordEvent } from '#audit';
import { pageOf, type PageQuery } from '#database';
import { hidingSecrets, type HideSecrets } from './hide-secrets.js';
import { effectiveConfig, readConfig, type ConfigSchema } from './plugin-config.js';
import { Plugin, type ConfigValue, type DisabledReason } from './plugin.entity.js';
import { PluginRelease } from './plugin-release.entity.js';
import { PluginsError } from './plugins.errors.js';

type Values = Readonly<Record<string, ConfigValue>>;

/** What a merchant may see of a plugin's settings: never a secret, only that it is set. */
export interface ConfigView {
  readonly config_schema: ConfigSchema;
  readonly config: Values;
  readonly secrets_set: readonly string[];
}

@Injectable()
export class PluginsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
  ) {}

  async list(query: PageQuery): Promise<{ readonly plugins: readonly Plugin[]; readonly count: number }> {
    const [plugins, count] = await this.dataSource.manager.findAndCount(Plugin, {
      order: { id: 'ASC' },
      ...pageOf(query),
    });
    return { plugins, count };
  }

  /** @throws {PluginsError} PLUGIN_NOT_FOUND */
  async find(id: string): Promise<Plugin> {
    return found(await this.dataSource.manager.findOneBy(Plugin, { id }));
  }

  /** A plugin and the releases it can go back to, the last one first. @throws {PluginsError} PLUGIN_NOT_FOUND */
  async findWithReleases(id: string): Promise<{ readonly plugin: Plugin; readonly kept: readonly PluginRelease[] }> {
    const plugin = await this.find(id);
    const order = { ranUntil: 'DESC' } as const;
    return { plugin, kept: await this.dataSource.manager.find(PluginRelease, { where: { pluginId: id }, order }) };
  }

  /** Lets a plugin run again. @throws {PluginsError} PLUGIN_NOT_FOUND, or LICENSE_REQUIRED when its license stopped it */
  async enable(id: string, actor: string): Promise<Plugin> {
    return inTransaction(this.dataSource, async (tx) => {
      const plugin = found(await lockPlugin(tx, id));
      if (plugin.enabled) return plugin;
      if (plugin.disabledReason === 'LICENSE_FAILED') throw new PluginsError('LICENSE_REQUIRED');
      await this.setEnabled(tx, plugin, null, actor);
      return tx.findOneByOrFail(Plugin, { id });
    });
  }

  /** Stops a plugin until it is enabled again; its files and settings stay. @throws {PluginsError} PLUGIN_NOT_FOUND */
  async disable(id: string, actor: string): Promise<Plugin> {
    return inTransaction(this.dataSource, async (tx) => {
      const plugin = found(await lockPlugin(tx, id));
      if (plugin.enabled) await this.setEnabled(tx, plugin, 'BY_ADMIN', actor);
      return tx.findOneByOrFail(Plugin, { id });
    });
  }

  /** Stops a plugin whose license has run out. One that an admin disabled stays as it is. */
  async stopForLicense(tx: EntityManager, marketplaceId: string): Promise<void> {
    const plugin = await lockPluginOf(tx, marketplaceId);
    if (plugin?.enabled) await this.setEnabled(tx, plugin, 'LICENSE_FAILED', 'system');
  }

  /** Lets a plugin run again whose license is good again. One that an admin disabled stays as it is. */
  async resumeForLicense(tx: EntityManager, marketplaceId: string): Promise<void> {
    const plugin = await lockPluginOf(tx, marketplaceId);
    if (plugin?.disabledReason === 'LICENSE_FAILED') await this.setEnabled(tx, plugin, null, 'system');
  }

  /** @throws {PluginsError} PLUGIN_NOT_FOUND */
  async config(id: string): Promise<ConfigView> {
    return this.viewOf(await this.find(id));
  }

  /** Replaces the settings; secrets that are left out stay. @throws {PluginsError} PLUGIN_NOT_FOUND or PLUGIN_CONFIG_INVALID */
  async saveConfig(id: string, given: Readonly<Record<string, unknown>>, actor: string): Promise<ConfigView> {
    return inTransaction(this.dataSource, async (tx) => {
      const plugin = found(await lockPlugin(tx, id));
      const verdict = readConfig(schemaOf(plugin), given, this.secretsOf(plugin));
      if (!verdict.ok) throw new PluginsError('PLUGIN_CONFIG_INVALID', verdict.findings);
      const { plain, secrets } = verdict;
      const secretsSealed =
        Object.keys(secrets).length > 0 ? this.secretBox.seal(JSON.stringify(secrets), contextOf(id)) : null;
      const now = this.clock.now();
      const change = { config: { ...plain } as object, secretsSealed, revision: plugin.revision + 1, updatedAt: now };
      await tx.update(Plugin, { id }, change);
      const fields = Object.keys(given);
      await recordAudit(tx, { at: now, actor, action: 'plugin.configured', subject: id, data: { fields } });
      return this.viewOf(await tx.findOneByOrFail(Plugin, { id }));
    });
  }

  /** The settings a process of this plugin is started with, secrets and all. */
  configToRun(plugin: Plugin): Values {
    return effectiveConfig(schemaOf(plugin), plugin.config, this.secretsOf(plugin));
  }

  /** Takes the secret settings of this plugin out of what it says. */
  hiderFor(plugin: Plugin): HideSecrets {
    return hidingSecrets(this.secretsOf(plugin));
  }

  /** Tells the admins, once an hour at most, that a plugin is down: it is started again, or it is not. */
  async reportDown({ id, version }: Plugin, isGivenUp: boolean, reason: string): Promise<void> {
    const at = this.clock.now();
    const code = isGivenUp ? 'PLUGIN_CRASH_LOOP' : 'PLUGIN_DOWN';
    const next = isGivenUp ? 'It is left alone until it is enabled again.' : 'It is started again.';
    await notify(this.dataSource.manager, {
      at,
      code,
      severity: isGivenUp ? 'critical' : 'warning',
      message: `${id} ${version} is down: ${reason.slice(0, 300)} ${next}`,
      subject: id,
      onceKey: `${code}:${id}:${at.toISOString().slice(0, 13)}`,
    });
  }

  private async setEnabled(
    tx: EntityManager,
    plugin: Plugin,
    reason: DisabledReason | null,
    actor: string,
  ): Promise<void> {
    const { id, revision } = plugin;
    const at = this.clock.now();
    const enabled = reason === null;
    await tx.update(Plugin, { id }, { enabled, disabledReason: reason, revision: revision + 1, updatedAt: at });
    const told = { plugin_id: id, marketplace_id: plugin.marketplaceId };
    if (reason === null) await recordEvent(tx, at, 'plugin.enabled', told);
    else await recordEvent(tx, at, 'plugin.disabled', { ...told, reason });
    await recordAudit(tx, {
      at,
      actor,
      action: enabled ? 'plugin.enabled' : 'plugin.disabled',
      subject: id,
      data: { reason },
    });
  }

  private viewOf(plugin: Plugin): ConfigView {
    const secrets = Object.keys(this.secretsOf(plugin));
    return { config_schema: schemaOf(plugin), config: plugin.config, secrets_set: secrets };
  }

  private secretsOf({ id, secretsSealed }: Plugin): Values {
    return secretsSealed ? (JSON.parse(this.secretBox.open(secretsSealed, contextOf(id)).toString()) as Values) : {};
  }
}

/** Locks an installed plugin, so that changes to it queue up. */
export function lockPlugin(tx: EntityManager, id: string): Promise<Plugin | null> {
  return tx.findOne(Plugin, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** Locks the plugin installed from a package. */
export function lockPluginOf(tx: EntityManager, marketplaceId: string): Promise<Plugin | null> {
  return tx.findOne(Plugin, { where: { marketplaceId }, lock: { mode: 'pessimistic_write' } });
}

function found(plugin: Plugin | null): Plugin {
  if (!plugin) throw new PluginsError('PLUGIN_NOT_FOUND');
  return plugin;
}

function schemaOf({ manifest }: Plugin): ConfigSchema {
  return manifest.config_schema ?? {};
}

function contextOf(id: string): string {
  return `plugin-secrets:${id}`;
}
