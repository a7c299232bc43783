import { HealthModule, type Clock, type SecretBox } from '@hansa/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { AuthModule } from '#auth';
import { CatalogModule } from '#catalog';
import { CertificatesModule } from '#certificates';
import { CheckoutModule } from '#checkout';
import { ComposerModule } from '#composer';
import { ConfigModule, type CentralConfig } from '#config';
import { ConsoleModule } from '#console';
import { DatabaseModule } from '#database';
import { DownloadsModule } from '#downloads';
import { PublisherPortalModule } from '#publisher-portal';
import { ReleasesModule } from '#releases';
import { EarningsModule } from '#earnings';
import { ExternalAuthModule } from '#external-auth';
import { LicensesModule } from '#licenses';
import { MailModule } from '#mail';
import { OversightModule } from '#oversight';
import { PicturesModule } from '#pictures';
import { MarketModule } from '#market';
import { PortalModule } from '#portal';
import { SecureTokensModule } from '#secure-tokens';
import { StorefrontModule } from '#storefront';
import { TufModule } from '#tuf';
import { WebhooksModule } from '#webhooks';

export interface AppParts {
  readonly config: CentralConfig;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
}

/** The list of features; nothing else. */
@Module({})
export class AppModule {
  static forRoot({ config, dataSource, clock, secretBox }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config, clock, secretBox),
        DatabaseModule.forRoot(dataSource),
        HealthModule.forRoot(),
        DiscoveryModule,
        AuthModule,
        CatalogModule,
        DownloadsModule,
        ReleasesModule,
        CertificatesModule,
        CheckoutModule,
        ComposerModule,
        ConsoleModule,
        EarningsModule,
        ExternalAuthModule,
        LicensesModule,
        PublisherPortalModule,
        MailModule,
        MarketModule,
        OversightModule,
        PicturesModule,
        PortalModule,
        StorefrontModule,
        SecureTokensModule,
        TufModule,
        WebhooksModule,
      ],
    };
  }
}
