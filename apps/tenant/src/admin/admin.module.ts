import { Module } from '@nestjs/common';
import { AccessModule } from '#access';
import { AdminsService } from './admins.service.js';
import { LoginController } from './login.controller.js';
import { RecordsController } from './records.controller.js';

@Module({
  imports: [AccessModule],
  controllers: [LoginController, RecordsController],
  providers: [AdminsService],
  exports: [AdminsService],
})
export class AdminModule {}
