export { CheckoutError } from './checkout.errors.js';
export { CheckoutModule } from './checkout.module.js';
export { CheckoutService } from './checkout.service.js';
export { Order } from './order.entity.js';
export { advanceOrder, ORDER_STEPS, type OrderStatus } from './order-steps.js';
export { lockOrder } from './orders.repository.js';
export { StripeGateway, type StripeCheckoutSession, type StripeEvent } from './stripe-gateway.js';
