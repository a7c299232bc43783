import { Module } from '@nestjs/common';
import { MailModule } from '#mail';
import { AccountsService } from './accounts.service.js';
import { MembersService } from './members.service.js';
import { MerchantLinks } from './merchant-links.service.js';
import { MerchantsService } from './merchants.service.js';
import { PasswordResets } from './password-resets.service.js';
import { PublisherKeysService } from './publisher-keys.service.js';
import { PublisherRates } from './publisher-rates.js';
import { PublishersService } from './publishers.service.js';
import { RegistrationService } from './registration.service.js';
import { ShopMembers } from './shop-members.service.js';

const SERVICES = [
  AccountsService,
  MembersService,
  MerchantLinks,
  MerchantsService,
  PasswordResets,
  PublisherKeysService,
  PublisherRates,
  PublishersService,
  RegistrationService,
  ShopMembers,
];

@Module({ imports: [MailModule], providers: SERVICES, exports: SERVICES })
export class AccountsModule {}
