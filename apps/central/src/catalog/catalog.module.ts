import { Module } from '@nestjs/common';
import { AuthModule } from '#auth';
import { CatalogController } from './catalog.controller.js';
import { CatalogIndex } from './catalog-index.js';
import { CatalogService } from './catalog.service.js';
import { FinishedResponses } from './finished-responses.js';
import { HotPath } from './hot-path.js';
import { UpdatesAnswers } from './updates-answers.js';

@Module({
  imports: [AuthModule],
  controllers: [CatalogController],
  providers: [CatalogIndex, CatalogService, FinishedResponses, HotPath, UpdatesAnswers],
  exports: [CatalogIndex, FinishedResponses],
})
export class CatalogModule {}
