import { Module, type DynamicModule } from '@nestjs/common';
import { Egress } from './egress.js';
import { PluginEgress } from './plugin-network.js';
import { ALLOW_PRIVATE, PublicEgress } from './public-egress.js';
import { LEDGER_DAYS, PruneEgressJob } from './prune-egress.job.js';

@Module({})
export class EgressModule {
  static forRoot(days: number, allowPrivate: boolean): DynamicModule {
    return {
      module: EgressModule,
      global: true,
      providers: [
        Egress,
        PluginEgress,
        PublicEgress,
        PruneEgressJob,
        { provide: LEDGER_DAYS, useValue: days },
        { provide: ALLOW_PRIVATE, useValue: allowPrivate },
      ],
      exports: [Egress, PluginEgress, PublicEgress],
    };
  }
}
