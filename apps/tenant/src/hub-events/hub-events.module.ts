import { Module } from '@nestjs/common';
import { HubModule } from '#hub';
import { LicensesModule } from '#licenses';
import { HubEventsController } from './hub-events.controller.js';
import { HubEventsService } from './hub-events.service.js';
import { InboxLoop } from './inbox-loop.js';

@Module({
  imports: [HubModule, LicensesModule],
  controllers: [HubEventsController],
  providers: [HubEventsService, InboxLoop],
  exports: [HubEventsService, InboxLoop],
})
export class HubEventsModule {}
