import { eventually } from '@hansa/testing';
import type { Demo } from './federation-process.js';

const CARD = {
  card_number: '4242424242424242',
  card_expiry: '12 / 34',
  card_cvc: '123',
  cardholder_name: 'Ada Merchant',
};

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface InstalledPlugin {
  readonly id: string;
  readonly marketplace_id: string;
  readonly version: string;
  readonly enabled: boolean;
}

/** What a merchant does in the admin of a shop and on the payment page. */
export class Merchant {
  private token = '';

  constructor(private readonly demo: Demo) {}

  async signIn(): Promise<void> {
    const { body } = await this.ask('POST', '/auth/user/emailpass', this.demo.tenant_admin);
    this.token = String(body['token']);
  }

  /** One request to the shop, signed in. */
  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (body) headers['content-type'] = 'application/json';
    const response = await fetch(this.demo.tenant_url + path, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  }

  async checkout(
    marketplaceId: string,
    version: string,
  ): Promise<{ url: string; session_id: string; order_id: string }> {
    const request = { marketplace_id: marketplaceId, version, customer_email: 'merchant@shop.test' };
    const { status, body } = await this.ask('POST', '/admin/marketplace/checkout', request);
    if (status !== 201 && status !== 200) throw new Error(`checkout answered ${status}: ${JSON.stringify(body)}`);
    return body as { url: string; session_id: string; order_id: string };
  }

  /** Fills in and sends the payment page's form. */
  async pay(url: string): Promise<void> {
    const html = await (await fetch(url)).text();
    const form = new URLSearchParams();
    for (const [input] of html.matchAll(/<input\b[^>]*>/g)) {
      const name = /\bname="([^"]*)"/.exec(input)?.[1];
      const unchecked = /type="radio"/.test(input) && !/\bchecked\b/.test(input);
      if (name && !unchecked) form.append(name, /\bvalue="([^"]*)"/.exec(input)?.[1] ?? '');
    }
    for (const [name, value] of Object.entries(CARD)) form.set(name, value);
    if (!form.get('email')) form.set('email', 'merchant@shop.test');
    const action = new URL(/<form[^>]*\baction="([^"]*)"/.exec(html)?.[1] ?? '', url);
    const paid = await fetch(action, { method: 'POST', body: form, redirect: 'manual' });
    if (paid.status !== 303) throw new Error(`the payment page answered ${paid.status}: ${await paid.text()}`);
  }

  async installed(): Promise<InstalledPlugin[]> {
    return (await this.ask('GET', '/admin/plugins')).body['items'] as InstalledPlugin[];
  }

  /** Waits until the plugin is installed and its own page answers. */
  async untilRunning(marketplaceId: string, timeoutMs = 90_000): Promise<InstalledPlugin> {
    const find = async () => {
      const plugin = (await this.installed()).find(({ marketplace_id: id }) => id === marketplaceId);
      return plugin?.enabled && (await this.ask('GET', `/plugins/${plugin.id}/`)).status === 200 && plugin;
    };
    // The shop may be away for a while.
    return eventually(`${marketplaceId} runs`, () => find().catch(() => undefined), timeoutMs);
  }
}
