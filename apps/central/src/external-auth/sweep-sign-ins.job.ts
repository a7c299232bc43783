import { defineJob, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { MerchantsService } from '#accounts';
import { ExternalAuthService } from './external-auth.service.js';

/** Hourly: what has expired is of no use to anybody. */
export const sweepSignIns = defineJob<object>('sweep-sign-ins', { cron: '23 * * * *' });

@Injectable()
export class SweepSignIns {
  constructor(
    private readonly externalAuth: ExternalAuthService,
    private readonly merchants: MerchantsService,
  ) {}

  /** Forgets used token ids and merchant sessions that have expired. */
  @OnJob(sweepSignIns)
  async run(): Promise<void> {
    await this.externalAuth.sweepTokenUses();
    await this.merchants.sweepSessions();
  }
}
