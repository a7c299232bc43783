export { PluginError, type PluginErrorCode } from './plugin-error.js';
export type {
  HookFacts,
  HostAnswer,
  HostedManifest,
  HostRequest,
  PluginExit,
  RunningPlugin,
  StartPluginOptions,
} from './running-plugin.js';
export type { PluginDestination, PluginNetwork } from './network-broker.js';
export type {
  PluginSupervisor,
  SupervisePluginOptions,
  SupervisorState,
  SupervisorStatus,
  SupervisorTimers,
} from './plugin-supervisor.js';
export { startPlugin } from './start-plugin.js';
export { supervisePlugin } from './supervise-plugin.js';
export type { HealthReport, HookName, JsonValue, MenuItem, PluginLogger, PluginStorage } from '@hansa/plugin-sdk';
