import { Clock, inTransaction } from '@hansa/platform';
import { Body, Controller, Get, Put, Req } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { Requires } from '#access';
import { recordAudit } from '#audit';
import { OutcomeConsent } from './outcome-consent.entity.js';
import { isConsentGiven } from './report-outcome.js';

/** Body and answer of `/admin/marketplace/outcome-reports`. */
export class OutcomeReports {
  /** Whether the hub is told how installations and updates end. Off until an admin turns it on. */
  @IsBoolean() consent!: boolean;
}

@ApiTags('Marketplace')
@Controller('admin/marketplace/outcome-reports')
export class OutcomesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Whether the hub is told how installations end. */
  @Get()
  @Requires('admin')
  @ApiOkResponse({ type: OutcomeReports })
  async read(): Promise<OutcomeReports> {
    return { consent: await isConsentGiven(this.dataSource.manager) };
  }

  /** Consents, or takes the consent back: then nothing more is sent, not even what waits. */
  @Put()
  @Requires('admin')
  @ApiOkResponse({ type: OutcomeReports })
  async decide(@Body() { consent }: OutcomeReports, @Req() { adminId }: FastifyRequest): Promise<OutcomeReports> {
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      await tx.upsert(OutcomeConsent, { onlyRow: true, given: consent, decidedAt: at }, ['onlyRow']);
      const action = consent ? 'outcome_reports.consented' : 'outcome_reports.refused';
      await recordAudit(tx, { at, actor: `admin:${adminId ?? 'unknown'}`, action, subject: 'outcome-reports' });
    });
    return { consent };
  }
}
