import { Module } from '@nestjs/common';
import { AccountsService } from './accounts.service.js';
import { PublishersService } from './publishers.service.js';

@Module({ providers: [AccountsService, PublishersService], exports: [AccountsService, PublishersService] })
export class AccountsModule {}
