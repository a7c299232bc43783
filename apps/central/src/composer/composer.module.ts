import { Module } from '@nestjs/common';
import { MailModule } from '#mail';
import { StorageModule } from '#storage';
import { TokensModule } from '#tokens';
import { AccessLedger } from './access-ledger.js';
import { BodilessDeletes } from './bodiless-deletes.js';
import { ComposerGate } from './composer-gate.js';
import { ComposerIndex } from './composer-index.js';
import { Dists } from './dists.js';
import { LicensedPackagesService } from './licensed-packages.service.js';
import { ManagementTokensController } from './management-tokens.console.controller.js';
import { PackageTokensController } from './package-tokens.controller.js';
import { PackageTokensService } from './package-tokens.service.js';
import { PackageViews } from './package-views.js';
import { PruneAccessesJob } from './prune-accesses.job.js';
import { PublisherPackagesController } from './publisher-packages.controller.js';
import { PublisherPackagesService } from './publisher-packages.service.js';
import { RepositoryRoutes } from './repository-routes.js';
import { SourcePushController, SourcesController } from './sources.console.controller.js';
import { SourcesService } from './sources.service.js';
import { SyncSourceJob } from './sync-source.job.js';
import { TokenScopes } from './token-scopes.js';
import { UploadsService } from './uploads.service.js';
import { VersionsService } from './versions.service.js';

@Module({
  imports: [MailModule, StorageModule, TokensModule],
  controllers: [
    ManagementTokensController,
    PackageTokensController,
    PublisherPackagesController,
    SourcePushController,
    SourcesController,
  ],
  providers: [
    AccessLedger,
    BodilessDeletes,
    ComposerGate,
    ComposerIndex,
    Dists,
    LicensedPackagesService,
    PackageTokensService,
    PackageViews,
    PruneAccessesJob,
    PublisherPackagesService,
    RepositoryRoutes,
    SourcesService,
    SyncSourceJob,
    TokenScopes,
    UploadsService,
    VersionsService,
  ],
})
export class ComposerModule {}
