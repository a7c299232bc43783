import { Clock, SecretBox, type Logger } from '@hansa/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { LOGGER } from './logger.js';
import { SessionKeys } from './session-keys.js';
import { TenantConfig } from './tenant-config.js';

/** What every feature may ask for: the settings, the clock, the box that seals secrets at rest, the session keys, the log. */
@Module({})
export class ConfigModule {
  static forRoot(config: TenantConfig, clock: Clock, masterKeys: readonly Buffer[], logger: Logger): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: TenantConfig, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: SecretBox, useValue: new SecretBox(masterKeys) },
        { provide: LOGGER, useValue: logger },
        { provide: SessionKeys, useValue: new SessionKeys(masterKeys) },
      ],
      exports: [TenantConfig, Clock, SecretBox, SessionKeys, LOGGER],
    };
  }
}
