export { PluginFolders } from './plugin-folders.js';
export { PluginDataDrop, PluginRelease } from './plugin-release.entity.js';
export { PluginRuntime, type ProbeFailure } from './plugin-runtime.js';
export { PluginValue } from './plugin-value.entity.js';
export { Plugin, type LastRollback } from './plugin.entity.js';
export { PluginsError } from './plugins.errors.js';
export { PluginsModule } from './plugins.module.js';
export { lockPlugin, lockPluginOf, PluginsService } from './plugins.service.js';
export { Turns } from './turns.js';
