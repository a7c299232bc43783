import { Module } from '@nestjs/common';
import { HubModule } from '#hub';
import { OutcomesController } from './outcomes.controller.js';
import { ReportOutcomeJob } from './report-outcome.job.js';

@Module({ imports: [HubModule], controllers: [OutcomesController], providers: [ReportOutcomeJob] })
export class OutcomesModule {}
