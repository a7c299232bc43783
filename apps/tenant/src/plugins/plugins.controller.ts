import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ManifestPermissions, MenuItem } from '@hansa/contracts';
import { IsObject } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#access';
import { pageOf, PageQuery, type Page } from '#database';
import { PluginRuntime, type PluginState } from './plugin-runtime.js';
import { Plugin, type LastRollback } from './plugin.entity.js';
import { PluginsService, type ConfigView } from './plugins.service.js';

/** Body of `PUT /admin/plugins/{id}/config`; the manifest's schema says what may be in it. */
export class PluginConfigRequest {
  @IsObject() config!: Record<string, unknown>;
}

/** An installed plugin as the shop's screens see it. */
export interface PluginView extends PluginState {
  readonly id: string;
  readonly marketplace_id: string;
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly menu_items: readonly MenuItem[];
  readonly configurable: boolean;
  /** The last update that was taken back, and why; null once another has worked. */
  readonly last_rollback: LastRollback | null;
  readonly installed_at: string;
  readonly updated_at: string;
}

/** One installed plugin, with what its page shows besides. */
export interface PluginDetail extends PluginView {
  readonly description: string;
  readonly author: string;
  readonly permissions: ManifestPermissions;
  /** Releases that ran before and can be gone back to, the last one first. */
  readonly kept_releases: readonly { readonly version: string; readonly ran_until: string }[];
}

@ApiTags('Plugins')
@Controller('admin/plugins')
export class PluginsController {
  constructor(
    private readonly plugins: PluginsService,
    private readonly runtime: PluginRuntime,
  ) {}

  /** Installed plugins by id. */
  @Get()
  @Requires('admin')
  async list(@Query() query: PageQuery): Promise<Page<PluginView>> {
    const { plugins, count } = await this.plugins.list(query);
    const { take, skip } = pageOf(query);
    const items = await Promise.all(plugins.map((plugin) => this.view(plugin)));
    return { items, count, limit: take, offset: skip };
  }

  @Get(':id')
  @Requires('admin')
  async one(@Param('id') id: string): Promise<PluginDetail> {
    const { plugin, kept } = await this.plugins.findWithReleases(id);
    const { description, author, permissions = {} } = plugin.manifest;
    const releases = kept.map(({ version, ranUntil }) => ({ version, ran_until: ranUntil.toISOString() }));
    return { ...(await this.view(plugin)), description, author, permissions, kept_releases: releases };
  }

  /** Lets a plugin run again; one that has crashed too often is started anew. */
  @Post(':id/enable')
  @HttpCode(200)
  @Requires('admin')
  async enable(@Param('id') id: string, @Req() { adminId }: FastifyRequest): Promise<PluginView> {
    const plugin = await this.plugins.enable(id, actorOf(adminId));
    await this.runtime.reconcile(id);
    await this.runtime.revive(id);
    return this.view(plugin);
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Requires('admin')
  async disable(@Param('id') id: string, @Req() { adminId }: FastifyRequest): Promise<PluginView> {
    const plugin = await this.plugins.disable(id, actorOf(adminId));
    await this.runtime.reconcile(id);
    return this.view(plugin);
  }

  /** The settings and their schema; secrets are named and never shown. */
  @Get(':id/config')
  @Requires('admin')
  async config(@Param('id') id: string): Promise<ConfigView> {
    return this.plugins.config(id);
  }

  /** Replaces the settings. A secret that is left out keeps its value; null removes it. */
  @Put(':id/config')
  @Requires('admin')
  async saveConfig(
    @Param('id') id: string,
    @Body() { config }: PluginConfigRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<ConfigView> {
    const view = await this.plugins.saveConfig(id, config, actorOf(adminId));
    await this.runtime.reconcile(id);
    return view;
  }

  private async view(plugin: Plugin): Promise<PluginView> {
    return { ...viewOf(plugin), ...(await this.runtime.state(plugin)), menu_items: this.runtime.menuItems(plugin) };
  }
}

function actorOf(adminId: string | undefined): string {
  return `admin:${adminId ?? 'unknown'}`;
}

function viewOf({ manifest, ...plugin }: Plugin): Omit<PluginView, keyof PluginState | 'menu_items'> {
  return {
    id: plugin.id,
    marketplace_id: plugin.marketplaceId,
    name: plugin.name,
    version: plugin.version,
    type: manifest.type,
    enabled: plugin.enabled,
    disabled_reason: plugin.disabledReason,
    configurable: Object.keys(manifest.config_schema ?? {}).length > 0,
    last_rollback: plugin.lastRollback,
    installed_at: plugin.installedAt.toISOString(),
    updated_at: plugin.updatedAt.toISOString(),
  };
}
