import { Module } from '@nestjs/common';
import { HubModule } from '#hub';
import { PluginsModule } from '#plugins';
import { LicensesService } from './licenses.service.js';

@Module({ imports: [HubModule, PluginsModule], providers: [LicensesService], exports: [LicensesService] })
export class LicensesModule {}
