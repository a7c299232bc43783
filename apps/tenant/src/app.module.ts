import { HealthModule, type Clock, type Logger } from '@hansa/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { AccessModule } from '#access';
import { AdminModule } from '#admin';
import { ConfigModule, type TenantConfig } from '#config';
import { DatabaseModule } from '#database';
import { EgressModule } from '#egress';
import { EventHooksModule } from '#event-hooks';
import { FeedModule } from '#feed';
import { HubModule } from '#hub';
import { HubEventsModule } from '#hub-events';
import { InstallerModule, type Faults } from '#installer';
import { LicensesModule } from '#licenses';
import { OutcomesModule } from '#outcomes';
import { PluginsModule } from '#plugins';
import { TufModule } from '#tuf';
import { UpdatesModule } from '#updates';

export interface AppParts {
  readonly config: TenantConfig;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Newest first. */
  readonly masterKeys: readonly Buffer[];
  /** Only tests that end the process at a given place have one. */
  readonly faults?: Faults;
}

/** The list of features; nothing else. */
@Module({})
export class AppModule {
  static forRoot({ config, dataSource, clock, masterKeys, logger, faults }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config, clock, masterKeys, logger),
        DatabaseModule.forRoot(dataSource),
        HealthModule.forRoot(),
        DiscoveryModule,
        AccessModule,
        EgressModule.forRoot(config.egress.days, config.webhooks.allowPrivate),
        HubModule,
        FeedModule,
        TufModule,
        PluginsModule,
        LicensesModule,
        OutcomesModule,
        InstallerModule.forRoot(faults),
        UpdatesModule,
        HubEventsModule,
        EventHooksModule,
        AdminModule,
      ],
    };
  }
}
