import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@hansa/testing';
import { FederationProcess } from './federation-process.js';
import { Merchant } from './merchant.js';

interface StripeEventRow {
  id: string;
  body: string;
}

/** A hub that dies while it pushes leaves a claim on the delivery, which ends after the longest a shop may take to answer. */
const LEASE_PATIENCE_MS = 120_000;

/** Whole program, real processes: everything here was bought through the hub's own doors. */
describe('a federation started with one command', () => {
  const federation = new FederationProcess();
  let merchant: Merchant;

  beforeAll(async () => {
    await federation.start();
    merchant = new Merchant(federation.demo);
    await merchant.signIn();
  }, 300_000);
  afterAll(() => federation.remove(), 60_000);

  /** Packages of the catalog sold once, and by subscription. */
  async function paidPackages(): Promise<{ id: string; version: string }[]> {
    const { body } = await merchant.ask('GET', '/admin/marketplace/feed?price=paid');
    const products = body['products'] as { marketplace_id: string; version: string }[];
    return products.map(({ marketplace_id: id, version }) => ({ id, version }));
  }

  async function licensesOf(marketplaceId: string): Promise<number> {
    const sql =
      'SELECT count(*)::int AS n FROM licenses JOIN packages ON packages.id = package_id WHERE marketplace_id = $1';
    const [row] = await federation.query<{ n: number }>('hub', sql, [marketplaceId]);
    return row!.n;
  }

  it('sells, licenses and installs three plugins while everything around them fails', async () => {
    const [first, second, third] = await paidPackages();

    // The same Stripe event five times, and an older one after it.
    const refused = await merchant.ask('POST', '/admin/plugins/install', { marketplace_id: first!.id });
    expect(refused).toMatchObject({ status: 402, body: { code: 'LICENSE_REQUIRED' } });
    await merchant.pay((await merchant.checkout(first!.id, first!.version)).url);
    await merchant.untilRunning(first!.id);
    const events = await federation.query<StripeEventRow>(
      'hub',
      'SELECT id, body FROM stripe_events ORDER BY received_at DESC',
    );
    expect(events.length).toBeGreaterThan(0);
    for (let round = 0; round < 5; round += 1) {
      for (const { body } of events) expect(await sendStripeEvent(body)).toBe(200);
    }
    await eventually('no job is left', async () => {
      const [jobs] = await federation.query<{ n: number }>(
        'hub',
        'SELECT count(*)::int AS n FROM graphile_worker._private_jobs WHERE run_at <= now()',
      );
      return jobs!.n === 0;
    });
    expect(await licensesOf(first!.id)).toBe(1);
    expect(await deliveriesOf('license.issued')).toHaveLength(1);
    expect((await merchant.installed()).filter(({ marketplace_id: id }) => id === first!.id)).toHaveLength(1);

    // The shop is dead while the delivery is tried, and gets it when it is back.
    const order = await merchant.checkout(second!.id, second!.version);
    federation.freeze('tenant');
    await merchant.pay(order.url);
    await eventually('the license is issued', async () => (await licensesOf(second!.id)) === 1);
    federation.kill('tenant');
    await merchant.untilRunning(second!.id);

    // The hub dies while it waits for the shop's answer; the hub that follows delivers once.
    const last = await merchant.checkout(third!.id, third!.version);
    federation.freeze('tenant');
    await merchant.pay(last.url);
    await eventually('the license is issued', async () => (await licensesOf(third!.id)) === 1);
    federation.kill('hub');
    federation.thaw('tenant');
    await merchant.untilRunning(third!.id);
    expect(await licensesOf(third!.id)).toBe(1);
    const delivered = await eventually(
      'all deliveries are done',
      async () => {
        const rows = await deliveriesOf('license.issued');
        return rows.every(({ status }) => status === 'delivered') && rows;
      },
      LEASE_PATIENCE_MS,
    );
    expect(delivered).toHaveLength(3);
  }, 360_000);

  async function deliveriesOf(type: string): Promise<{ status: string }[]> {
    const sql = 'SELECT status FROM deliveries JOIN outbox_events ON outbox_events.id = event_id WHERE type = $1';
    return federation.query<{ status: string }>('hub', sql, [type]);
  }

  async function sendStripeEvent(body: string): Promise<number> {
    const t = Math.floor(Date.now() / 1_000);
    const v1 = createHmac('sha256', federation.demo.stripe_webhook_secret).update(`${t}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${t},v1=${v1}` };
    return (await fetch(`${federation.demo.hub_url}/webhooks/stripe`, { method: 'POST', headers, body })).status;
  }

  it('keeps its secrets out of the logs and demo.json to its owner', () => {
    const { demo, logs } = federation;
    const secrets = [
      demo.tenant_admin.password,
      demo.operator.password,
      demo.stripe_webhook_secret,
      demo.publishable_key,
      new URL(demo.database_url).password,
    ];
    for (const secret of secrets) expect(logs.includes(secret)).toBe(false);
    expect(logs).not.toMatch(/CC-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(statSync(join(federation.dataDir, 'demo.json')).mode & 0o777).toBe(0o600);
  });

  it('refuses to start a second copy on the same ports with one line that names the setting', async () => {
    const { hub_url: hubUrl } = federation.demo;
    const env = {
      ...process.env,
      DATA_DIR: join(federation.dataDir, 'second'),
      HUB_PORT: new URL(hubUrl).port,
      TENANT_PORT: '1',
      STRIPE_PORT: '2',
    };
    expect(() => execFileSync(process.execPath, ['tools/start.mjs'], { env, stdio: 'pipe' })).toThrow(
      /Port \d+ is in use\. Set HUB_PORT/,
    );
  });

  it('stops on Ctrl-C and starts again with everything it had', async () => {
    const pids = (['stripe', 'hub', 'tenant'] as const).map((name) => federation.pidOf(name));
    expect(await federation.stop()).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await federation.start();
    for (const { id } of await paidPackages()) await merchant.untilRunning(id);
  }, 120_000);
});
