import { Module } from '@nestjs/common';
import { DeliverEventJob } from './deliver-event.job.js';
import { EventHooksController } from './event-hooks.controller.js';
import { EventHooksService } from './event-hooks.service.js';
import { FanOutEventJob } from './fan-out-event.job.js';
import { HookDeliveriesService } from './hook-deliveries.service.js';
import { HostEventsController } from './host-events.controller.js';
import { HostEventsService } from './host-events.service.js';
import { HookSecrets } from './hook-secrets.js';

@Module({
  controllers: [EventHooksController, HostEventsController],
  providers: [
    EventHooksService,
    HookDeliveriesService,
    HookSecrets,
    HostEventsService,
    FanOutEventJob,
    DeliverEventJob,
  ],
})
export class EventHooksModule {}
