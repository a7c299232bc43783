import { Module } from '@nestjs/common';
import { HubModule } from '#hub';
import { FeedController } from './feed.controller.js';
import { FeedService } from './feed.service.js';

@Module({ imports: [HubModule], controllers: [FeedController], providers: [FeedService], exports: [FeedService] })
export class FeedModule {}
