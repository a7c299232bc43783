import { Module } from '@nestjs/common';
import { CheckoutModule } from '#checkout';
import { EarningsModule } from '#earnings';
import { InstancesModule } from '#instances';
import { LicensesModule } from '#licenses';
import { OutboxModule } from '#outbox';
import { SigningModule } from '#signing';
import { CaptureEvents } from './capture-events.service.js';
import { DeliverWebhookJob } from './deliver-webhook.job.js';
import { InboxController } from './inbox.controller.js';
import { InboxService } from './inbox.service.js';
import { InboxWaiters } from './inbox-waiters.js';
import { InstancesController } from './instances.controller.js';
import { MoneyEvents } from './money-events.service.js';
import { OrderSettlement } from './order-settlement.service.js';
import { ResumeLostWorkJob } from './resume-lost-work.job.js';
import { StripeEventsController } from './stripe-events.controller.js';
import { StripeInbox } from './stripe-inbox.service.js';
import { StripeReconciliation } from './stripe-reconciliation.service.js';
import { StripeWebhookController } from './stripe-webhook.controller.js';

@Module({
  imports: [CheckoutModule, EarningsModule, InstancesModule, LicensesModule, OutboxModule, SigningModule],
  controllers: [InboxController, InstancesController, StripeEventsController, StripeWebhookController],
  providers: [
    CaptureEvents,
    DeliverWebhookJob,
    InboxService,
    InboxWaiters,
    MoneyEvents,
    OrderSettlement,
    ResumeLostWorkJob,
    StripeInbox,
    StripeReconciliation,
  ],
})
export class WebhooksModule {}
