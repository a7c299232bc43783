import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { DirectoryController } from './directory.controller.js';
import { Directory } from './directory.service.js';
import { HubStateController } from './hub-state.controller.js';
import { HubState } from './hub-state.service.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';

@Module({
  controllers: [AuditController, DirectoryController, HubStateController, JobsController],
  providers: [Directory, HubState, JobsService],
})
export class OversightModule {}
