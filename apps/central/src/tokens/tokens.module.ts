import { Module } from '@nestjs/common';
import { ManagementTokens } from './management-tokens.js';
import { PublishableKeys } from './publishable-keys.js';
import { PublisherTokens } from './publisher-tokens.js';

@Module({
  providers: [ManagementTokens, PublishableKeys, PublisherTokens],
  exports: [ManagementTokens, PublishableKeys, PublisherTokens],
})
export class TokensModule {}
