/** Every reason the host refuses or gives up. Stable: safe to branch on, to store and to show. */
export type PluginErrorCode =
  /** It could not be loaded, or `register` failed, or it was not ready in time. */
  | 'PLUGIN_START_FAILED'
  /** Its process ended on its own, or broke the rules of the channel and was ended. */
  | 'PLUGIN_CRASHED'
  /** It took more memory than it may and was ended. */
  | 'PLUGIN_MEMORY_EXCEEDED'
  /** It is not running: it waits for its next start after a crash, or has crashed too often. */
  | 'PLUGIN_UNAVAILABLE'
  /** It was stopped by the shop. */
  | 'PLUGIN_STOPPED'
  /** It did not answer in time; it still runs. */
  | 'PLUGIN_TIMEOUT'
  /** Its handler or hook threw, or answered with something that is no answer. */
  | 'PLUGIN_FAILED'
  | 'PLUGIN_NO_ROUTE'
  /** It has too much unanswered work already. */
  | 'PLUGIN_BUSY'
  /** A request or an event is larger than the channel takes. */
  | 'PLUGIN_MESSAGE_TOO_LARGE';

/** A plugin could not do what was asked. The message may quote the plugin's own error, cut to a sentence. */
export class PluginError extends Error {
  constructor(
    readonly code: PluginErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PluginError';
  }
}
