import { Module, type DynamicModule } from '@nestjs/common';
import { Egress } from './egress.js';
import { PluginEgress } from './plugin-network.js';
import { LEDGER_DAYS, PruneEgressJob } from './prune-egress.job.js';

@Module({})
export class EgressModule {
  static forRoot(days: number): DynamicModule {
    return {
      module: EgressModule,
      global: true,
      providers: [Egress, PluginEgress, PruneEgressJob, { provide: LEDGER_DAYS, useValue: days }],
      exports: [Egress, PluginEgress],
    };
  }
}
