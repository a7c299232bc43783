export { DeliverEventJob } from './deliver-event.job.js';
export { EventHook, HookAttempt, HookDelivery } from './event-hook.entity.js';
export { EventHooksModule } from './event-hooks.module.js';
export { FanOutEventJob } from './fan-out-event.job.js';
