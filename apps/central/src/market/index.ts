export { MarketClients } from './clients.service.js';
export { MarketClient, MarketCode } from './market-client.entity.js';
export { MarketOrder, MarketOrderItem } from './market-order.entity.js';
export { MarketProduct } from './market-product.entity.js';
export { MarketModule } from './market.module.js';
export { MarketProducts } from './products.service.js';
