import { Clock, SecretBox } from '@hansa/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { SessionKeys } from './session-keys.js';
import { TenantConfig } from './tenant-config.js';

/** What every feature may ask for: the settings, the clock, the box that seals secrets at rest, the session keys. */
@Module({})
export class ConfigModule {
  static forRoot(config: TenantConfig, clock: Clock, masterKeys: readonly Buffer[]): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: TenantConfig, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: SecretBox, useValue: new SecretBox(masterKeys) },
        { provide: SessionKeys, useValue: new SessionKeys(masterKeys) },
      ],
      exports: [TenantConfig, Clock, SecretBox, SessionKeys],
    };
  }
}
