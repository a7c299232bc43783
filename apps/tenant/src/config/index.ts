export { ConfigModule } from './config.module.js';
export { LOGGER } from './logger.js';
export { SessionKeys, type SessionKey } from './session-keys.js';
export { readTenantConfig, TenantConfig, tenantConfigForTests } from './tenant-config.js';
export { TenantEnv, type DeliveryChoice } from './tenant-env.js';
