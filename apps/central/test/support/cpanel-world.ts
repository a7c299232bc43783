import { createServer, type Server } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { Clock, freePort } from '@hansa/platform';
import { centralConfigForTests } from '#config';
import { eventually, FakeAcme, type FixedClock } from '@hansa/testing';
import { startTestHub, type TestHub } from './harness.js';
import { aHubProcess, type HubProcess } from './hub-process.js';
import { newMails, type ReceivedMail } from './mailbox.js';
import { startStripeSandbox, type StripeSandbox } from './stripe-sandbox.js';

/** Domains of the cPanel account whose sites are served here. */
const DOMAINS = ['shop.example', 'www.shop.example', 'other.example'];

/**
 * What stands around a cPanel server: a hub in a process of its own with its worker, Stripe, an ACME CA, the account's web sites, and somebody who
 * does for the Perl tests what only an operator, a letter box and a power switch can do. Its clock is the real one.
 */
export class CpanelWorld {
  readonly sites = mkdtempSync(join(tmpdir(), 'hansa-sites-'));
  /** Beside the hub, on its database: for setting things up. */
  hub!: TestHub;
  url = '';
  /** What the Perl tests may ask for: `POST /<verb>`, a form in, JSON out. */
  readonly verbs = new Map<string, (fields: URLSearchParams) => Promise<object>>();
  private process!: HubProcess;
  private stripe!: StripeSandbox;
  private acme!: FakeAcme;
  private servers: Server[] = [];
  private letters: ReceivedMail[] = [];
  private controlUrl = '';
  private redirects = false;

  async start(): Promise<this> {
    this.hub = await startTestHub({ clock: new Clock() as FixedClock });
    this.stripe = await startStripeSandbox();
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const { secret } = await this.stripe.stripe.webhookEndpoints.create({
      url: `${this.url}/webhooks/stripe`,
      enabled_events: ['*'],
    });
    const site = await this.listen((path, host) => this.serveSite(path, host));
    const siteHost = new URL(site).host;
    this.acme = await new FakeAcme(new Map(DOMAINS.map((name) => [name, siteHost]))).start();
    this.controlUrl = await this.listen((path, _host, body) => this.control(path, body));
    this.process = aHubProcess({
      role: 'main',
      databaseUrl: this.hub.database.url,
      env: {
        HUB_PORT: String(port),
        HUB_URL: this.url,
        STRIPE_SECRET_KEY: 'sk_test_shop',
        STRIPE_WEBHOOK_SECRET: secret!,
        STRIPE_API_BASE: this.stripe.url,
        CERTIFICATE_ISSUER: 'acme',
        ACME_DIRECTORY_URL: this.acme.directoryUrl,
        CERTIFICATE_TEST_HOSTS: DOMAINS.map((name) => `${name}=${siteHost}`).join(),
        RATE_LIMIT_ANONYMOUS: '1000',
      },
    });
    await this.process.start();
    this.verbs.set('start-hub', async () => (await this.process.start(), {}));
    this.verbs.set('kill-hub-while-asked', async () => (await this.killWhileAsked(), {}));
    this.verbs.set('letter', async (fields) => {
      const [link] = this.searchLetters(fields.get('to'), /http:\S+\/portal\/sign-in\?token=\S+/);
      return Promise.resolve({ link: link ?? null });
    });
    this.verbs.set('license', async (fields) => {
      const of = new RegExp(
        `(?<=purchase of ${fields.get('name') ?? ''}\\.[^]*)CC-[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}`,
      );
      const [key] = this.searchLetters(fields.get('to'), of);
      return Promise.resolve({ key: key ?? null });
    });
    this.verbs.set('site', async (fields) => {
      this.redirects = fields.get('redirects') === '1';
      return Promise.resolve({});
    });
    return this;
  }

  /** For a `prove` of the Perl tests. */
  env(clientId: string): NodeJS.ProcessEnv {
    return {
      HANSA_HUB_URL: this.url,
      HANSA_CLIENT_ID: clientId,
      HANSA_CONTROL_URL: this.controlUrl,
      HANSA_SITES: this.sites,
    };
  }

  async close(): Promise<void> {
    await this.process.remove();
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
    await this.stripe.close();
    await this.acme.close();
    await this.hub.close();
    rmSync(this.sites, { recursive: true, force: true });
  }

  /** Lets a question for a certificate come as far as the database, and kills the hub before there is an answer. */
  private async killWhileAsked(): Promise<void> {
    await this.hub.database.dataSource.transaction(async (tx) => {
      await tx.query('LOCK TABLE market_order_items IN ACCESS EXCLUSIVE MODE');
      await eventually('the hub is asked', async () => {
        const rows: unknown[] = await this.hub.database.dataSource.query(
          `SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%AS mine%'`,
        );
        return rows.length > 0;
      });
      await this.process.kill();
    });
  }

  /** What is found in a letter to this address, taken out of it: every letter serves once. */
  private searchLetters(to: string | null, pattern: RegExp): string[] {
    this.letters.push(...newMails({ config: centralConfigForTests({ dataDir: this.process.dataDir }) }));
    const place = this.letters.findIndex((letter) => letter.to === to && pattern.test(letter.text));
    const [letter] = place < 0 ? [] : this.letters.splice(place, 1);
    return pattern.exec(letter?.text ?? '') ?? [];
  }

  private async serveSite(path: string, host: string): Promise<{ status: number; body: string; location?: string }> {
    const file = normalize(join(this.sites, host, path));
    if (!file.startsWith(this.sites) || !existsSync(file)) return Promise.resolve({ status: 404, body: '' });
    if (this.redirects) return Promise.resolve({ status: 302, body: '', location: `http://${host}/elsewhere` });
    return Promise.resolve({ status: 200, body: readFileSync(file, 'utf8') });
  }

  private async control(path: string, body: string): Promise<{ status: number; body: string }> {
    const verb = this.verbs.get(path.slice(1));
    if (!verb) return { status: 404, body: path };
    return { status: 200, body: JSON.stringify(await verb(new URLSearchParams(body))) };
  }

  private async listen(
    answer: (path: string, host: string, body: string) => Promise<{ status: number; body: string; location?: string }>,
  ): Promise<string> {
    const server = createServer((request, response) => {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      text(request)
        .then((body) => answer(request.url ?? '/', host, body))
        .then(({ status, body, location }) => response.writeHead(status, location ? { location } : {}).end(body))
        .catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    this.servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}
