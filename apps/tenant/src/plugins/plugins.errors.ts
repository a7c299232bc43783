import type { ProblemDetail } from '@hansa/contracts';
import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  PLUGIN_NOT_FOUND: { kind: 'not_found', message: 'No such plugin is installed.' },
  PLUGIN_DISABLED: { kind: 'conflict', message: 'This plugin is disabled. Enable it first.' },
  PLUGIN_NOT_RUNNING: { kind: 'unavailable', message: 'This plugin does not run. See the notifications.' },
  PLUGIN_ROUTE_NOT_FOUND: { kind: 'not_found', message: 'The plugin has nothing at this address.' },
  PLUGIN_ANSWER_FAILED: { kind: 'unavailable', message: 'The plugin failed to answer.' },
  PLUGIN_CONFIG_INVALID: { kind: 'invalid', message: 'Some settings are missing or not acceptable; see details.' },
  LICENSE_REQUIRED: { kind: 'payment_required', message: 'The license of this plugin has run out.' },
} as const satisfies Record<string, Refusal>;

export class PluginsError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, details?: readonly ProblemDetail[], options?: ErrorOptions) {
    super(code, REFUSALS[code], details ? { details } : {}, options);
  }
}
