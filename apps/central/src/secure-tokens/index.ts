export { Extension, ExtensionInstallation } from './extension.entity.js';
export { Extensions, type ExtensionSettings } from './extensions.service.js';
export { ExtensionTokens, type IssuedExtensionToken } from './extension-tokens.service.js';
export { rotateExtensionKey } from './rotate-extension-key.job.js';
export { SecureTokensModule } from './secure-tokens.module.js';
