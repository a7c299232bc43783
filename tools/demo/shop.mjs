const CARD = {
  card_number: '4242424242424242',
  card_expiry: '12 / 34',
  card_cvc: '123',
  cardholder_name: 'Ada Merchant',
};
export const CUSTOMER = 'merchant@shop.test';
const PATIENCE_MS = 60_000;

/** What a merchant does in the admin of the shop and on the payment page. */
export class Shop {
  constructor({ tenant_url: url, tenant_admin: admin }) {
    this.url = url;
    this.admin = admin;
  }

  async signIn() {
    const { token } = await this.ask('POST', '/auth/user/emailpass', this.admin);
    this.token = token;
  }

  /** The answer of the shop; anything but a 2xx ends the demonstration. */
  async ask(method, path, body) {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  send(method, path, body) {
    const headers = {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
    };
    return fetch(this.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  }

  async paidProducts() {
    return (await this.ask('GET', '/admin/marketplace/feed?price=paid&per_page=100')).products;
  }

  async plugin(marketplaceId) {
    const { items } = await this.ask('GET', '/admin/plugins');
    return items.find((item) => item.marketplace_id === marketplaceId);
  }

  /** Opens the payment page for a product and pays on it. */
  async buy({ marketplace_id, version }, tell) {
    const order = { marketplace_id, version, customer_email: CUSTOMER };
    const session = await this.ask('POST', '/admin/marketplace/checkout', order);
    tell(`checkout session ${session.session_id}`);
    await payOnHostedPage(session.url);
    tell('paid with card 4242 4242 4242 4242 on the hosted page');
    return session;
  }

  async untilRunning(marketplaceId) {
    return until('the plugin runs', async () => {
      const plugin = await this.plugin(marketplaceId);
      return plugin?.state === 'running' && plugin;
    });
  }
}

/** Asks until the answer is something, for a minute. */
export async function until(what, read) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const value = await read();
    if (value) return value;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what}: not within ${PATIENCE_MS / 1_000} s`);
}

/** Fills in the sandbox's plain HTML form, as a browser would. */
async function payOnHostedPage(url) {
  const page = await fetch(url);
  const html = await page.text();
  const form = new URLSearchParams();
  for (const [input] of html.matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(input)?.[1];
    const unchecked = /type="radio"/.test(input) && !/\bchecked\b/.test(input);
    if (name && !unchecked) form.append(name, /\bvalue="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  for (const [name, value] of Object.entries(CARD)) form.set(name, value);
  if (!form.get('email')) form.set('email', CUSTOMER);
  const action = new URL(/<form[^>]*\baction="([^"]*)"/.exec(html)?.[1] ?? '', page.url);
  const paid = await fetch(action, { method: 'POST', body: form, redirect: 'manual' });
  if (paid.status !== 303)
    throw new Error(`the hosted page answered ${paid.status}: ${(await paid.text()).slice(0, 300)}`);
}
