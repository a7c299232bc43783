import type { DeliveryMode, InstanceEnvironment } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TenantConfig, type DeliveryChoice } from '#config';
import { HubRegistration, InstanceService } from '#hub';
import { HubMetadataFile, HubRoot } from '#tuf';

/** How this shop is set up, for its admins: nothing secret, and nothing that can be changed here. */
export interface ShopSettings {
  readonly platform_version: string;
  readonly environment: InstanceEnvironment;
  readonly instance_id: string;
  readonly hub: {
    readonly url: string;
    /** The first characters of the publishable key. */
    readonly key: string;
    readonly delivery: DeliveryChoice;
    /** How the hub sends events; null until the shop is registered. */
    readonly mode: DeliveryMode | null;
    readonly registered_at: string | null;
    /** Where trust in the hub's release metadata begins; null while it has shown none. */
    readonly root: {
      readonly sha256: string;
      readonly source: HubRoot['source'];
      readonly pinned_at: string;
      /** Of the root that holds now; it may have followed the pinned one. */
      readonly version: number;
    } | null;
  } | null;
  readonly packages: { readonly max_bytes: number; readonly keep_releases: number };
  readonly egress_days: number;
}

const KEY_SHOWN = 8;

@Injectable()
export class SettingsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: TenantConfig,
    private readonly instance: InstanceService,
  ) {}

  async read(): Promise<ShopSettings> {
    const { platformVersion, instance, packages, egress } = this.config;
    return {
      platform_version: platformVersion,
      environment: instance.environment,
      instance_id: (await this.instance.identity()).id,
      hub: await this.hub(),
      packages: { max_bytes: packages.maxBytes, keep_releases: packages.keepReleases },
      egress_days: egress.days,
    };
  }

  private async hub(): Promise<ShopSettings['hub']> {
    const { federation, instance } = this.config;
    if (!federation) return null;
    const { url: hubUrl, publishableKey } = federation;
    const db = this.dataSource.manager;
    const registration = await db.findOneBy(HubRegistration, { hubUrl });
    const pin = await db.findOneBy(HubRoot, { hubUrl });
    const root = await db.findOneBy(HubMetadataFile, { hubUrl, name: 'root.json' });
    return {
      url: hubUrl,
      key: `${publishableKey.slice(0, KEY_SHOWN)}…`,
      delivery: instance.delivery,
      mode: registration?.mode ?? null,
      registered_at: registration?.registeredAt.toISOString() ?? null,
      root: pin && {
        sha256: pin.pinnedSha256,
        source: pin.source,
        pinned_at: pin.pinnedAt.toISOString(),
        version: root?.version ?? 1,
      },
    };
  }
}
