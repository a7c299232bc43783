import { Module } from '@nestjs/common';
import { HubModule } from '#hub';
import { HubMetadata } from './hub-metadata.service.js';

@Module({ imports: [HubModule], providers: [HubMetadata], exports: [HubMetadata] })
export class TufModule {}
