import { Module } from '@nestjs/common';
import { AccessModule } from '#access';
import { HubModule } from '#hub';
import { AdminPages } from './admin-pages.js';
import { AdminsService } from './admins.service.js';
import { LoginLimits } from './login-limits.js';
import { LoginController } from './login.controller.js';
import { RecordsController } from './records.controller.js';
import { SessionController } from './session.controller.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  imports: [AccessModule, HubModule],
  controllers: [LoginController, SessionController, SettingsController, RecordsController],
  providers: [AdminPages, AdminsService, LoginLimits, SettingsService],
  exports: [AdminPages, AdminsService],
})
export class AdminModule {}
