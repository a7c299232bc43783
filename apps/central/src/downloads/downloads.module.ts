import { Module } from '@nestjs/common';
import { AuthModule } from '#auth';
import { LicensesModule } from '#licenses';
import { SigningModule } from '#signing';
import { StorageModule } from '#storage';
import { ArtifactsController } from './artifacts.controller.js';
import { DownloadTally } from './download-tally.js';
import { DownloadsController } from './downloads.controller.js';
import { DownloadsService } from './downloads.service.js';

@Module({
  imports: [AuthModule, LicensesModule, SigningModule, StorageModule],
  controllers: [ArtifactsController, DownloadsController],
  providers: [DownloadTally, DownloadsService],
})
export class DownloadsModule {}
