import { Module } from '@nestjs/common';
import { SigningModule } from '#signing';
import { BaseUrlProof } from './base-url-proof.js';
import { InstancesService } from './instances.service.js';
import { Sightings } from './sightings.service.js';

@Module({
  imports: [SigningModule],
  providers: [BaseUrlProof, InstancesService, Sightings],
  exports: [InstancesService, Sightings],
})
export class InstancesModule {}
