import { Module } from '@nestjs/common';
import { ManagementTokens } from './management-tokens.js';
import { MarketTokens } from './market-tokens.js';
import { PublishableKeys } from './publishable-keys.js';
import { PublisherTokens } from './publisher-tokens.js';

@Module({
  providers: [ManagementTokens, MarketTokens, PublishableKeys, PublisherTokens],
  exports: [ManagementTokens, MarketTokens, PublishableKeys, PublisherTokens],
})
export class TokensModule {}
