export { HubContact } from './hub-contact.js';
export { HubContactEntry, HubKeySet, HubRegistration, InstanceIdentity, WebhookSecret } from './hub-tables.entity.js';
export { HubError, HubRefusal } from './hub.errors.js';
export { HubModule } from './hub.module.js';
export { HubService } from './hub.service.js';
export { InstanceService } from './instance.service.js';
export { RegistrationService } from './registration.service.js';
