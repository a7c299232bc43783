export { CheckoutError } from './checkout.errors.js';
export { CheckoutModule } from './checkout.module.js';
export { CheckoutService } from './checkout.service.js';
export { isRenewable } from './order-terms.js';
export { Invoice } from './invoice.entity.js';
export {
  findMerchantInvoice,
  listMerchantInvoices,
  putInvoice,
  type MerchantInvoiceRow,
} from './invoices.repository.js';
export { Order, type OrderPurpose } from './order.entity.js';
export { Purchase } from './purchase.entity.js';
export type { PurchasePages } from './purchase-payments.js';
export { followPurchase, Purchases, type PurchaseItem } from './purchases.service.js';
export { advanceOrder, ORDER_STEPS, type OrderStatus } from './order-steps.js';
export { SOLD_ORDER, type SoldOrder } from './orders.repository.js';
export { RETURN_PAGE_HEADERS, renderReturnPage } from './return-page.js';
export {
  isWebPage,
  StripeGateway,
  type InvoicePages,
  type StripeCharge,
  type StripeCheckoutSession,
  type StripeDispute,
  type StripeEvent,
  type StripeInvoice,
  type StripeInvoicePayment,
  type StripePaymentIntent,
  type StripeSubscription,
} from './stripe-gateway.js';
