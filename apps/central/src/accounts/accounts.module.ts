import { Module } from '@nestjs/common';
import { AccountsService } from './accounts.service.js';
import { MerchantLinks } from './merchant-links.service.js';
import { MerchantsService } from './merchants.service.js';
import { PublisherRates } from './publisher-rates.js';
import { PublishersService } from './publishers.service.js';
import { ShopMembers } from './shop-members.service.js';

const SERVICES = [AccountsService, MerchantLinks, MerchantsService, PublisherRates, PublishersService, ShopMembers];

@Module({ providers: SERVICES, exports: SERVICES })
export class AccountsModule {}
