import { Module } from '@nestjs/common';
import { AccountsModule } from '#accounts';
import { LicensesModule } from '#licenses';
import { SigningModule } from '#signing';
import { ExtensionTokens } from './extension-tokens.service.js';
import { ExtensionsController } from './extensions.console.controller.js';
import { Extensions } from './extensions.service.js';
import { GraphqlController } from './graphql.controller.js';
import { GraphqlService } from './graphql.service.js';
import { PortalExtensionController } from './portal-extension.controller.js';
import { RotateExtensionKey } from './rotate-extension-key.job.js';

@Module({
  imports: [AccountsModule, LicensesModule, SigningModule],
  controllers: [ExtensionsController, GraphqlController, PortalExtensionController],
  providers: [Extensions, ExtensionTokens, GraphqlService, RotateExtensionKey],
  exports: [Extensions, ExtensionTokens],
})
export class SecureTokensModule {}
