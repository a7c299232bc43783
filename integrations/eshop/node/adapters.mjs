import { createHmac, createVerify, timingSafeEqual } from 'node:crypto';

/**
 * Shops speak differently; each adapter says whether a webhook is theirs and what happened in it.
 *
 * `prove(headers, body, secret)` checks the shop's signature over the received bytes. `read(headers, text)` gives
 * `{ kind: 'paid' | 'ended', orderId, customerId, email, skus }`, or undefined for what is no concern of ours.
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
      if (!kind) return undefined;
      const { id, customer, items } = order;
      return eventOf(
        kind,
        id,
        customer.id,
        customer.email,
        items.map(({ sku }) => sku),
      );
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
      if (action === 'deleted') return eventOf('ended', order.id, undefined, undefined, []);
      const paid = ['processing', 'completed'].includes(order.status);
      const ended = ['refunded', 'cancelled', 'failed'].includes(order.status);
      if (!paid && !ended) return undefined;
      const { id, customer_id: customerId, billing, line_items: items } = order;
      // Guests all have customer 0: their address tells them apart.
      const customer = customerId ? `wc_${customerId}` : `wc_${billing.email.toLowerCase()}`;
      return eventOf(
        paid ? 'paid' : 'ended',
        id,
        customer,
        billing.email,
        items.map(({ sku }) => sku),
      );
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
      const order = payload.order ?? payload.data?.order;
      const paid = ['processing', 'complete'].includes(order?.state);
      const ended = ['closed', 'canceled'].includes(order?.state);
      if (!paid && !ended) return undefined;
      const { increment_id: id, customer_id: customerId, customer_email: email, items } = order;
      const customer = customerId ? `magento_${customerId}` : `magento_${email.toLowerCase()}`;
      return eventOf(
        paid ? 'paid' : 'ended',
        id,
        customer,
        email,
        items.map(({ sku }) => sku),
      );
    },
    accepted: [{ op: 'success' }],
  },
};

function eventOf(kind, orderId, customerId, email, skus) {
  return {
    kind,
    orderId: String(orderId),
    customerId: customerId === undefined ? undefined : String(customerId),
    email,
    skus,
  };
}

/** In a time that does not tell how much of a guess was right. */
function sameText(given, expected) {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
