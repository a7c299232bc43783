export { CentralConfig, centralConfigForTests, readCentralConfig, type S3Settings } from './central-config.js';
export { CentralEnv } from './central-env.js';
export { ConfigModule } from './config.module.js';
