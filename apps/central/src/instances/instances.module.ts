import { Module } from '@nestjs/common';
import { SigningModule } from '#signing';
import { BaseUrlProof } from './base-url-proof.js';
import { InstancesService } from './instances.service.js';

@Module({ imports: [SigningModule], providers: [BaseUrlProof, InstancesService], exports: [InstancesService] })
export class InstancesModule {}
