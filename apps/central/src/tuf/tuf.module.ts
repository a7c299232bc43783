import { Module } from '@nestjs/common';
import { SigningModule } from '#signing';
import { CeremonyService } from './ceremony.service.js';
import { MetadataController } from './metadata.controller.js';
import { MetadataReader } from './metadata-reader.js';
import { MetadataSigner } from './metadata-signer.js';

@Module({
  imports: [SigningModule],
  controllers: [MetadataController],
  providers: [CeremonyService, MetadataReader, MetadataSigner],
  exports: [CeremonyService, MetadataSigner],
})
export class TufModule {}
