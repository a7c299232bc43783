import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@hansa/platform';
import { eventually, fixedClock } from '#test';
import {
  aPublisher,
  issueManagementToken,
  publishVersion,
  startComposerHub,
  type ComposerHub,
} from './support/composer.js';
import { ComposerProject } from './support/composer-client.js';
import { describeWith } from '@hansa/testing';

const ESHOP = fileURLToPath(new URL('../../../integrations/eshop/', import.meta.url));
const SECRET = 'shop secret';
const VERSION = 'echo Acme\\SeoSuite\\Extension::VERSION;';

describeWith('composer', 'a shop that sells a PHP extension', () => {
  let hub: ComposerHub;
  let folder: string;
  let handler: ChildProcess | undefined;
  let address: string;
  const projects: ComposerProject[] = [];
  beforeEach(async () => {
    hub = await startComposerHub({ clock: fixedClock(new Date().toISOString()) }); // handlers know the real time only
    const acme = await aPublisher(hub, 'acme');
    await publishVersion(hub, acme.token, 'acme/seo-suite', '1.2.0');
    await publishVersion(hub, acme.token, 'acme/more', '3.0.0');
    folder = mkdtempSync(join(tmpdir(), 'hansa-eshop-'));
    writeFileSync(join(folder, 'products.json'), '{"SEO-SUITE":["acme/seo-suite"],"MORE":["acme/more"]}');
  });
  afterEach(async () => {
    handler?.kill();
    for (const project of projects.splice(0)) project.remove();
    rmSync(folder, { recursive: true, force: true });
    await hub.close();
  });

  /** Starts one of the two handlers as its own process. */
  const start = async (language: 'node' | 'php', settings: Record<string, string> = {}): Promise<void> => {
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      HUB_URL: hub.url,
      HUB_TOKEN: await issueManagementToken(hub.app, ['tokens:write']),
      SHOP_SECRET: SECRET,
      PRODUCTS: join(folder, 'products.json'),
      MAIL_DIR: folder,
      PORT: String(port),
      ...settings,
    };
    const [command, args] =
      language === 'node'
        ? [process.execPath, [`${ESHOP}node/server.mjs`]]
        : ['php', ['-S', `127.0.0.1:${port}`, `${ESHOP}php/webhook.php`]];
    handler = spawn(command, args, { env, stdio: 'ignore' });
    address = `http://127.0.0.1:${port}/`;
    await eventually('the handler answers', () =>
      fetch(address).then(
        () => true,
        () => false,
      ),
    );
  };
  const send = async (body: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(address, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }))
      .status;
  const plain = (event: string, id = '1001', sku = 'SEO-SUITE') => {
    const order = {
      id,
      created_at: hub.clock.now().toISOString(),
      customer: { id: 'cust_123', email: 'jo@example.com' },
      items: [{ sku }],
    };
    const body = JSON.stringify({ event, order });
    return send(body, { 'x-shop-signature': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}` });
  };
  const mailed = (order: string): string | undefined => {
    const file = join(folder, `order-${order}.txt`);
    return existsSync(file) ? /hpkt_[0-9A-Za-z]{49}/.exec(readFileSync(file, 'utf8'))?.[0] : undefined;
  };
  const opens = async (token: string, name = 'acme/seo-suite') =>
    (await hub.call('GET', `/p2/${name}.json`, { token })).status;
  const client = (token: string) => {
    const project = new ComposerProject(hub, { 'acme/seo-suite': '^1.0' }).authorize(token);
    projects.push(project);
    return project;
  };

  describe.each(['node', 'php'] as const)('with the handler in %s', (language) => {
    it('sells, installs, and ends it when the order is refunded', async () => {
      await start(language);
      expect(await plain('order.paid')).toBe(200);
      const token = mailed('1001')!;
      const project = client(token);
      expect((await project.composer('update', '--no-progress')).code).toBe(0);
      expect(await project.php(VERSION)).toBe('1.2.0');

      expect(await plain('order.refunded')).toBe(200);
      project.forget();
      const { code, output } = await project.composer('install', '--no-progress');
      expect(code).not.toBe(0);
      expect(output).toContain('Token revoked on');
      expect(project.has('vendor/acme/seo-suite')).toBe(false);
    });

    it('adds a second purchase to the token the customer has, and takes back each order by itself', async () => {
      await start(language);
      await plain('order.paid');
      expect(await plain('order.paid', '1002', 'MORE')).toBe(200);
      const token = mailed('1001')!;
      expect(mailed('1002')).toBeUndefined();
      expect(await opens(token, 'acme/more')).toBe(200);
      await plain('order.cancelled', '1002', 'MORE');
      expect([await opens(token), await opens(token, 'acme/more')]).toEqual([200, 404]);
    });

    it('tells the customer the same token when the shop sends the order again', async () => {
      await start(language);
      await plain('order.paid');
      const token = mailed('1001');
      rmSync(join(folder, 'order-1001.txt'));
      expect(await plain('order.paid')).toBe(200);
      expect(mailed('1001')).toBe(token);
    });

    it('takes an order that came before with other items, which change nothing any more', async () => {
      await start(language);
      await plain('order.paid');
      expect(await plain('order.paid', '1001', 'MORE')).toBe(200);
      const token = mailed('1001')!;
      expect([await opens(token), await opens(token, 'acme/more')]).toEqual([200, 404]);
    });

    it('answers 400 to an order without what the hub has to know', async () => {
      await start(language);
      const sign = (body: string) => `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
      for (const order of [{}, { id: '1' }, { id: '1', customer: { id: 'c', email: 'c@example.com' }, items: [] }]) {
        const body = JSON.stringify({ event: 'order.paid', order });
        expect(await send(body, { 'x-shop-signature': sign(body) })).toBe(400);
      }
      expect(await send('{', { 'x-shop-signature': sign('{') })).toBe(400);
    });

    it('believes nobody without the signature, and asks for nothing it has not to sell', async () => {
      await start(language);
      const forged = JSON.stringify({
        event: 'order.paid',
        order: { id: '1', customer: { id: 'c' }, items: [{ sku: 'MORE' }] },
      });
      expect(await send(forged, {})).toBe(401);
      expect(await send(forged, { 'x-shop-signature': `sha256=${'0'.repeat(64)}` })).toBe(401);
      expect(await plain('order.paid', '1003', 'T-SHIRT')).toBe(200);
      expect(await plain('order.refunded', 'unknown')).toBe(200);
      expect((await hub.call('GET', '/api/tokens', { token: hub.management })).body).toEqual([]);
    });

    it('lets the shop try again when the hub does not do its part', async () => {
      await start(language, { HUB_TOKEN: 'hmgt_wrong' });
      expect(await plain('order.paid')).toBe(502);
      expect(mailed('1001')).toBeUndefined();
    });
  });

  it('understands WooCommerce', async () => {
    await start('node', { SHOP: 'woocommerce' });
    const order = (status: string, topic = 'order.updated', customer = 7) => {
      const items = [{ id: 1, product_id: 93, sku: 'SEO-SUITE', quantity: 1 }];
      const body = JSON.stringify({
        id: 727,
        date_created_gmt: hub.clock.now().toISOString().slice(0, 19),
        status,
        customer_id: customer,
        billing: { email: 'Jo@example.com' },
        line_items: items,
      });
      const signature = createHmac('sha256', SECRET).update(body).digest('base64');
      return send(body, { 'x-wc-webhook-topic': topic, 'x-wc-webhook-signature': signature });
    };
    expect(await order('pending', 'order.created')).toBe(200);
    expect(mailed('727')).toBeUndefined();
    expect(await order('processing')).toBe(200);
    expect(await order('completed')).toBe(200);
    const token = mailed('727')!;
    expect(await opens(token)).toBe(200);
    expect(await order('refunded')).toBe(200);
    expect(await opens(token)).toBe(401);
    expect(await send('{}', { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-signature': 'x' })).toBe(401);
    const ping = 'webhook_id=1';
    const pinged = { 'x-wc-webhook-signature': createHmac('sha256', SECRET).update(ping).digest('base64') };
    expect(await send(ping, pinged)).toBe(200);
  });

  it('understands Magento', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const key = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await start('node', { SHOP: 'magento', SHOP_SECRET: key });
    const order = (state: string, altered = '') => {
      const facts = {
        increment_id: '000000012',
        created_at: hub.clock.now().toISOString().slice(0, 19).replace('T', ' '),
        state,
        customer_id: null,
        customer_email: 'jo@example.com',
      };
      const body = JSON.stringify({ order: { ...facts, items: [{ sku: 'SEO-SUITE' }] } });
      const signature = createSign('SHA256').update(Buffer.from(body).toString('base64')).sign(privateKey, 'base64');
      return send(body + altered, { 'x-adobe-commerce-webhook-signature': signature });
    };
    expect(await order('new')).toBe(200);
    expect(await order('processing', ' ')).toBe(401);
    expect(mailed('000000012')).toBeUndefined();
    expect(await order('processing')).toBe(200);
    const token = mailed('000000012')!;
    expect(await opens(token)).toBe(200);
    expect(await order('closed')).toBe(200);
    expect(await opens(token)).toBe(401);
  });
});
