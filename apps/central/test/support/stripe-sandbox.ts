import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { newId } from '@hansa/platform';
import type { JobRow } from '@hansa/testing';
import { Publisher } from '#accounts';
import type { Package } from '#catalog';
import { aPaidPackage } from './commerce.js';
import type { TestHub } from './harness.js';
import { doJobs } from './jobs.js';
import { sendStripeEvent } from './stripe.js';

const PROGRAM = fileURLToPath(new URL('../../../stripe-sandbox/dist/src/main.js', import.meta.url));

/** The Stripe sandbox in a process of its own. */
export interface StripeSandbox {
  /** For `STRIPE_API_BASE`. */
  readonly url: string;
  readonly stripe: Stripe;
  /** Pays by a test card, outside any page: `pi_…`. */
  pay(amount: number, metadata?: Record<string, string>): Promise<string>;
  close(): Promise<void>;
}

/** Starts the sandbox on a free port with nothing in it. */
export async function startStripeSandbox(): Promise<StripeSandbox> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hansa-stripe-'));
  const env = { PATH: process.env['PATH'], STRIPE_PORT: '0', DATA_DIR: dataDir, STRIPE_LATENCY_MS: '0' };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${String(code)}`)));
    child.stdout.on('data', (text: Buffer) => {
      const [, found] = /at http:\/\/localhost:(\d+)/.exec(text.toString()) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const stripe = new Stripe('sk_test_shop', { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
  return {
    url: `http://127.0.0.1:${port}`,
    stripe,
    async pay(amount, metadata = {}) {
      const card = { confirm: true, payment_method: 'pm_card_visa' };
      return (await stripe.paymentIntents.create({ amount, currency: 'eur', metadata, ...card })).id;
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A publisher of its own with a package that costs EUR 49. */
export async function aSeller(hub: TestHub): Promise<{ publisherId: string; item: Package }> {
  const publisherId = newId('pub');
  const since = new Date('2029-12-01T00:00:00Z');
  const row = { id: publisherId, name: 'Nord', createdAt: since, verifiedAt: since };
  await hub.database.dataSource.manager.insert(Publisher, row);
  return { publisherId, item: await aPaidPackage(hub.database, { publisherId }) };
}

/** Pays on a page of the sandbox with a card that succeeds, as a browser does; the address it is sent to. */
export async function payOnPage(url: string, card = '4242424242424242'): Promise<string> {
  const fields = {
    email: 'buyer@shop.example',
    method: 'card',
    card_number: card,
    card_expiry: '12/40',
    card_cvc: '123',
  };
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  if (response.status !== 303) throw new Error(`the page answered ${response.status}`);
  return response.headers.get('location')!;
}

/** Brings the hub every event of the sandbox, oldest first, and does what follows from them, as `doJobs` does. */
export async function relayStripeEvents(hub: TestHub, { stripe }: StripeSandbox): Promise<JobRow[]> {
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  for (const event of events.reverse()) {
    const { status } = await sendStripeEvent(hub, JSON.stringify(event));
    if (status !== 200) throw new Error(`the hub answered ${status} to ${event.type}`);
  }
  return doJobs(hub);
}
