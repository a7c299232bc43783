import type { ReportOutcomeRequest } from '@hansa/contracts';
import { OnJob, type Logger } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER } from '#config';
import { HubRefusal, HubService } from '#hub';
import { isConsentGiven, REPORT_OUTCOME } from './report-outcome.js';

@Injectable()
export class ReportOutcomeJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hub: HubService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Tells the hub. Twice is harmless: it keeps one report an instance and release. */
  @OnJob(REPORT_OUTCOME)
  async report({ marketplace_id, version, outcome }: ReportOutcomeRequest): Promise<void> {
    // Consent that was taken back meanwhile counts for what waits, too.
    if (!this.hub.isConfigured || !(await isConsentGiven(this.dataSource.manager))) return;
    const token = await this.hub.token();
    try {
      await this.hub.ask((client) => client.reportOutcome({ marketplace_id, version, outcome }, token));
    } catch (error) {
      // What the hub does not know it cannot roll out either.
      if (!(error instanceof HubRefusal)) throw error;
      this.logger.info({ package: marketplace_id, code: error.code }, 'the hub does not want this outcome');
    }
  }
}
