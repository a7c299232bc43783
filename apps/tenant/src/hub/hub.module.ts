import { Module } from '@nestjs/common';
import { HubService } from './hub.service.js';
import { InstanceProofController } from './instance-proof.controller.js';
import { InstanceService } from './instance.service.js';
import { RegistrationService } from './registration.service.js';

@Module({
  controllers: [InstanceProofController],
  providers: [HubService, InstanceService, RegistrationService],
  exports: [HubService, InstanceService, RegistrationService],
})
export class HubModule {}
