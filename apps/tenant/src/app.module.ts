import { HealthModule, type Clock } from '@hansa/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { AccessModule } from '#access';
import { AdminModule } from '#admin';
import { ConfigModule, type TenantConfig } from '#config';
import { DatabaseModule } from '#database';
import { EgressModule } from '#egress';

export interface AppParts {
  readonly config: TenantConfig;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  /** Newest first. */
  readonly masterKeys: readonly Buffer[];
}

/** The list of features; nothing else. */
@Module({})
export class AppModule {
  static forRoot({ config, dataSource, clock, masterKeys }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config, clock, masterKeys),
        DatabaseModule.forRoot(dataSource),
        HealthModule.forRoot(),
        DiscoveryModule,
        AccessModule,
        EgressModule.forRoot(config.egress.days),
        AdminModule,
      ],
    };
  }
}
