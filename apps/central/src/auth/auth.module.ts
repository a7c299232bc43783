import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccountsModule } from '#accounts';
import { InstancesModule } from '#instances';
import { TokensModule } from '#tokens';
import { AuthGuard } from './auth.guard.js';
import { PublisherGate } from './publisher-gate.js';
import { ShopGate } from './shop-gate.js';

@Module({
  imports: [AccountsModule, InstancesModule, TokensModule],
  providers: [PublisherGate, ShopGate, { provide: APP_GUARD, useClass: AuthGuard }],
  exports: [ShopGate],
})
export class AuthModule {}
