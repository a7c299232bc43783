import { Module } from '@nestjs/common';
import { JwksController } from './jwks.controller.js';
import { KeyRing } from './key-ring.js';

@Module({ controllers: [JwksController], providers: [KeyRing], exports: [KeyRing] })
export class SigningModule {}
