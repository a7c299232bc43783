import { Module } from '@nestjs/common';
import { InstancesModule } from '#instances';
import { SigningModule } from '#signing';
import { LicenseKeys } from './license-keys.js';
import { LicenseTokens } from './license-tokens.js';
import { LicensesController } from './licenses.controller.js';
import { LicensesService } from './licenses.service.js';
import { VerdictReader } from './verdict-reader.js';
import { VerifyController } from './verify.controller.js';

@Module({
  imports: [InstancesModule, SigningModule],
  controllers: [LicensesController, VerifyController],
  providers: [LicenseKeys, LicensesService, LicenseTokens, VerdictReader],
  exports: [LicensesService],
})
export class LicensesModule {}
