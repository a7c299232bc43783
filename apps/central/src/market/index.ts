export { MarketClients } from './clients.service.js';
export { MarketClient, MarketCode } from './market-client.entity.js';
export { MarketModule } from './market.module.js';
