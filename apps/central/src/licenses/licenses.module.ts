import { Module } from '@nestjs/common';
import { InstancesModule } from '#instances';
import { MailModule } from '#mail';
import { OutboxModule } from '#outbox';
import { SigningModule } from '#signing';
import { GuessLimiter } from './guess-limiter.js';
import { LicenseChanges } from './license-changes.service.js';
import { LicenseKeys } from './license-keys.js';
import { LicenseTokens } from './license-tokens.js';
import { LicenseMoves } from './license-moves.service.js';
import { LicensesController } from './licenses.controller.js';
import { LicensesService } from './licenses.service.js';
import { OfflineRequests } from './offline-requests.service.js';
import { RevocationLists } from './revocation-list.service.js';
import { RevocationsController } from './revocations.controller.js';
import { VerdictReader } from './verdict-reader.js';
import { VerifyController } from './verify.controller.js';
import { WriteLicenseLetters } from './write-license-letters.job.js';

@Module({
  imports: [InstancesModule, MailModule, OutboxModule, SigningModule],
  controllers: [LicensesController, RevocationsController, VerifyController],
  providers: [
    GuessLimiter,
    LicenseChanges,
    LicenseKeys,
    LicenseMoves,
    LicensesService,
    LicenseTokens,
    OfflineRequests,
    RevocationLists,
    VerdictReader,
    WriteLicenseLetters,
  ],
  exports: [LicenseChanges, LicenseMoves, LicensesService, OfflineRequests],
})
export class LicensesModule {}
