import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { SessionTokens } from './session-tokens.js';

@Module({ providers: [SessionTokens, { provide: APP_GUARD, useClass: AccessGuard }], exports: [SessionTokens] })
export class AccessModule {}
