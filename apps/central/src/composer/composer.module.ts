import { Module } from '@nestjs/common';
import { TokensModule } from '#tokens';
import { ManagementTokensController } from './management-tokens.console.controller.js';
import { PackageTokensController } from './package-tokens.controller.js';
import { PackageTokensService } from './package-tokens.service.js';

@Module({
  imports: [TokensModule],
  controllers: [ManagementTokensController, PackageTokensController],
  providers: [PackageTokensService],
})
export class ComposerModule {}
