import { Module } from '@nestjs/common';
import { AccountsService } from './accounts.service.js';
import { MerchantsService } from './merchants.service.js';
import { PublisherRates } from './publisher-rates.js';
import { PublishersService } from './publishers.service.js';

const SERVICES = [AccountsService, MerchantsService, PublisherRates, PublishersService];

@Module({ providers: SERVICES, exports: SERVICES })
export class AccountsModule {}
