import { createHmac, createVerify, timingSafeEqual } from 'node:crypto';

/**
 * Shops speak differently; each adapter says whether a webhook is theirs and what happened in it.
 *
 * `prove(headers, body, secret)` checks the shop's signature over the received bytes. `read(headers, text)` gives
 * `{ kind: 'paid' | 'ended', orderId, orderedAt, customerId, email, skus }` (`orderedAt` in Unix seconds), or undefined for what is no concern of ours.
 * `accepted` is what the shop wants to hear.
 */
export const ADAPTERS = {
  /** The webhook of the guide: `{ event: 'order.paid' | 'order.refunded' | 'order.cancelled', order: { … } }`. */
  plain: {
    prove: (headers, body, secret) =>
      sameText(headers['x-shop-signature'], `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`),
    read(_headers, text) {
      const { event, order } = JSON.parse(text);
      const kind = { 'order.paid': 'paid', 'order.refunded': 'ended', 'order.cancelled': 'ended' }[event];
      if (kind === 'ended') return ended(order.id);
      if (kind !== 'paid') return undefined;
      const { id, created_at: createdAt, customer, items } = order;
      return paid({ id, at: createdAt, customer: customer.id, email: customer.email, items });
    },
    accepted: { received: true },
  },

  /** WooCommerce: `order.created`, `order.updated` and `order.deleted`; the secret is the webhook's own. */
  woocommerce: {
    prove: (headers, body, secret) =>
      sameText(headers['x-wc-webhook-signature'], createHmac('sha256', secret).update(body).digest('base64')),
    read(headers, text) {
      const [resource, action] = (headers['x-wc-webhook-topic'] ?? '').split('.');
      if (resource !== 'order') return undefined; // also the ping, a form, that WooCommerce sends when a webhook is saved
      const order = JSON.parse(text);
      if (action === 'deleted' || ['refunded', 'cancelled', 'failed'].includes(order.status)) return ended(order.id);
      if (!['processing', 'completed'].includes(order.status)) return undefined;
      const { id, date_created_gmt: at, customer_id: customerId, billing, line_items: items } = order;
      // Guests all have customer 0: their address tells them apart.
      const customer = `wc_${customerId || billing.email.toLowerCase()}`;
      return paid({ id, at: `${at}Z`, customer, email: billing.email, items });
    },
    accepted: { received: true },
  },

  /**
   * Adobe Commerce (Magento) webhooks with signature verification on; the secret is the public key of its configuration. The
   * signature is over the base64 form of the body. README.md says which fields the hook has to send.
   */
  magento: {
    prove(headers, body, publicKey) {
      const signature = headers['x-adobe-commerce-webhook-signature'];
      if (typeof signature !== 'string') return false;
      return createVerify('SHA256').update(body.toString('base64')).verify(publicKey, signature, 'base64');
    },
    read(_headers, text) {
      const payload = JSON.parse(text);
      const order = payload.order ?? payload.data?.order ?? {};
      const { state, increment_id: id, created_at: at, customer_id: customerId, customer_email: email, items } = order;
      if (['closed', 'canceled'].includes(state)) return ended(id);
      if (!['processing', 'complete'].includes(state)) return undefined;
      const customer = `magento_${customerId || email.toLowerCase()}`;
      return paid({ id, at: `${at.replace(' ', 'T')}Z`, customer, email, items });
    },
    accepted: [{ op: 'success' }],
  },
};

/** The moment of the order, not of the webhook, goes into what the hub is asked: sent again, it has to be the same request. */
function paid({ id, at, customer, email, items }) {
  const orderedAt = Math.floor(Date.parse(at) / 1_000);
  if (!id || !customer || !email || Number.isNaN(orderedAt)) throw new Error('the order lacks a field');
  const skus = items.map(({ sku }) => sku);
  return { kind: 'paid', orderId: String(id), orderedAt, customerId: String(customer), email, skus };
}

function ended(id) {
  if (!id) throw new Error('the order lacks its id');
  return { kind: 'ended', orderId: String(id) };
}

/** In a time that does not tell how much of a guess was right. */
function sameText(given, expected) {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
