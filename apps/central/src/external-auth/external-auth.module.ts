import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { ExternalAuthController } from './external-auth.controller.js';
import { ExternalAuthService } from './external-auth.service.js';
import { ExternalIssuersController } from './external-issuers.console.controller.js';
import { ExternalIssuers } from './external-issuers.service.js';
import { Store } from './store.js';
import { SweepSignIns } from './sweep-sign-ins.job.js';

@Module({
  imports: [AccountsModule],
  controllers: [ExternalAuthController, ExternalIssuersController],
  providers: [ExternalAuthService, ExternalIssuers, Store, SweepSignIns],
  exports: [ExternalIssuers],
})
export class ExternalAuthModule {}
