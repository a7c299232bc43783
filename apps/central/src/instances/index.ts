export { Instance } from './instance.entity.js';
export { InstanceError } from './instances.errors.js';
export { InstancesModule } from './instances.module.js';
export { InstancesService, type Registration } from './instances.service.js';
export { Sightings, type CloneRow } from './sightings.service.js';
export { scheduleDelivery, takesPushes } from './schedule-deliveries.js';
