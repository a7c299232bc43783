import { Module } from '@nestjs/common';
import { PublishableKeys } from './publishable-keys.js';
import { PublisherTokens } from './publisher-tokens.js';

@Module({ providers: [PublishableKeys, PublisherTokens], exports: [PublishableKeys, PublisherTokens] })
export class TokensModule {}
