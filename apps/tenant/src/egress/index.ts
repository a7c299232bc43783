export { EgressEntry } from './egress-entry.entity.js';
export { EgressModule } from './egress.module.js';
export { Egress } from './egress.js';
export { PublicEgress, type PublicAnswer } from './public-egress.js';
export { PluginEgress } from './plugin-network.js';
