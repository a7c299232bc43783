import { fastifyOf } from '@hansa/platform';
import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AccountsModule } from '#accounts';
import { CatalogModule } from '#catalog';
import { MailModule } from '#mail';
import { OutboxModule } from '#outbox';
import { StorageModule } from '#storage';
import { AdvisoryDatabaseService } from './advisory-database.service.js';
import { CheckReleaseService } from './check-release.service.js';
import { ListingPricesController } from './listing-prices.controller.js';
import { ListingPrices } from './listing-prices.service.js';
import { ListingsService } from './listings.service.js';
import { AnnounceJob } from './announce.job.js';
import { NoticesController } from './notices.controller.js';
import { NoticesService } from './notices.service.js';
import { PublisherController } from './publisher.controller.js';
import { ReleaseDossierService } from './release-dossier.service.js';
import { ReleaseJobs } from './release-jobs.js';
import { ReviewReleaseService } from './review-release.service.js';
import { RolloutsController } from './rollouts.controller.js';
import { RolloutsService } from './rollouts.service.js';
import { SubmitReleaseService } from './submit-release.service.js';

@Module({
  imports: [AccountsModule, CatalogModule, MailModule, OutboxModule, StorageModule],
  controllers: [ListingPricesController, NoticesController, PublisherController, RolloutsController],
  providers: [
    AdvisoryDatabaseService,
    AnnounceJob,
    CheckReleaseService,
    ListingPrices,
    ListingsService,
    NoticesService,
    ReleaseDossierService,
    ReleaseJobs,
    ReviewReleaseService,
    RolloutsService,
    SubmitReleaseService,
  ],
  exports: [NoticesService, RolloutsService, AdvisoryDatabaseService, ReleaseDossierService, ReviewReleaseService],
})
export class ReleasesModule implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Packages are handed over as they arrive, unread: the store bounds and hashes the stream. */
  onModuleInit(): void {
    const fastify = fastifyOf(this.adapterHost);
    fastify?.addContentTypeParser('application/zip', (_request, payload, done) => done(null, payload));
  }
}
