import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { TokensModule } from '#tokens';
import { PublishableKeysController } from './publishable-keys.controller.js';
import { SessionController } from './session.controller.js';

@Module({ imports: [AccountsModule, TokensModule], controllers: [PublishableKeysController, SessionController] })
export class ConsoleModule {}
