import { Module } from '@nestjs/common';
import { FeedModule } from '#feed';
import { HubModule } from '#hub';
import { LicensesModule } from '#licenses';
import { HubDeliveriesController } from './hub-deliveries.controller.js';
import { HubEventsController } from './hub-events.controller.js';
import { HubEventsService } from './hub-events.service.js';
import { HubStatusController } from './hub-status.controller.js';
import { HubStatusService } from './hub-status.service.js';
import { InboxLoop } from './inbox-loop.js';

@Module({
  imports: [FeedModule, HubModule, LicensesModule],
  controllers: [HubEventsController, HubStatusController, HubDeliveriesController],
  providers: [HubEventsService, InboxLoop, HubStatusService],
  exports: [HubEventsService, InboxLoop, HubStatusService],
})
export class HubEventsModule {}
