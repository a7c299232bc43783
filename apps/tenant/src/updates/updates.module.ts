import { Module } from '@nestjs/common';
import { FeedModule } from '#feed';
import { HubModule } from '#hub';
import { UpdatesController } from './updates.controller.js';
import { UpdatesService } from './updates.service.js';

@Module({ imports: [FeedModule, HubModule], controllers: [UpdatesController], providers: [UpdatesService] })
export class UpdatesModule {}
