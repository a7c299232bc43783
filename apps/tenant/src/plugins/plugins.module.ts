import { Module } from '@nestjs/common';
import { PluginEvents } from './plugin-events.js';
import { PluginFolders } from './plugin-folders.js';
import { PluginLaunch } from './plugin-launch.js';
import { PluginProxyController } from './plugin-proxy.controller.js';
import { PluginRuntime } from './plugin-runtime.js';
import { PluginsController } from './plugins.controller.js';
import { PluginsService } from './plugins.service.js';

@Module({
  controllers: [PluginsController, PluginProxyController],
  providers: [PluginEvents, PluginFolders, PluginLaunch, PluginRuntime, PluginsService],
  exports: [PluginEvents, PluginFolders, PluginLaunch, PluginRuntime, PluginsService],
})
export class PluginsModule {}
