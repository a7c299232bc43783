export { CentralConfig, centralConfigForTests, readCentralConfig } from './central-config.js';
export { CentralEnv } from './central-env.js';
export { ConfigModule } from './config.module.js';
