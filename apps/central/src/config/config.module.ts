import { Clock, SecretBox } from '@hansa/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { CentralConfig } from './central-config.js';

/** What every feature may ask for: the settings, the clock, the box that seals secrets at rest. */
@Module({})
export class ConfigModule {
  static forRoot(config: CentralConfig, clock: Clock, secretBox: SecretBox): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: CentralConfig, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: SecretBox, useValue: secretBox },
      ],
      exports: [CentralConfig, Clock, SecretBox],
    };
  }
}
