import { createHash } from 'node:crypto';

/** The two things a shop asks of the hub (docs/protocol/composer.md §2). */
export class Hub {
  constructor({ url, token }) {
    this.url = url.replace(/\/+$/, '');
    this.token = token;
  }

  /**
   * Opens what was bought: makes the customer's token, or adds to the one he has. Safe to repeat; `token` is in the answer when the
   * customer has to be told, also when the same order is sent again within a day.
   */
  async open({ orderId, customerId, email, prefixes, expiresAt, requestsAnHour }) {
    const body = {
      description: `Order ${orderId}`,
      permissions: 'readonly',
      expires_at: expiresAt,
      allowed_package_prefixes: prefixes,
      rate_limit_max: requestsAnHour,
      metadata: { customer_id: customerId, customer_email: email, order_id: orderId },
      extend: true,
    };
    // The same order with other items is another request: the hub refuses one key for two.
    const key = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return this.call('POST', '/api/tokens', body, { 'idempotency-key': key });
  }

  /** Takes away what an order brought. An order the hub does not know brought nothing. */
  async close(orderId) {
    return this.call('DELETE', `/api/orders/${encodeURIComponent(orderId)}`, undefined, {}, [404]);
  }

  async call(method, path, body, headers = {}, tolerated = []) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok && !tolerated.includes(response.status))
      throw new Error(`the hub answered ${response.status} to ${method} ${path}`);
    return response.json();
  }
}
