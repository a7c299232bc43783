import { Module } from '@nestjs/common';
import { HubContact } from './hub-contact.js';
import { HubService } from './hub.service.js';
import { InstanceProofController } from './instance-proof.controller.js';
import { InstanceService } from './instance.service.js';
import { PortalController } from './portal.controller.js';
import { RegistrationService } from './registration.service.js';

@Module({
  controllers: [InstanceProofController, PortalController],
  providers: [HubService, HubContact, InstanceService, RegistrationService],
  exports: [HubService, HubContact, InstanceService, RegistrationService],
})
export class HubModule {}
