import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { startPlugin, type HostedManifest, type RunningPlugin } from './index.js';

const EXAMPLES = fileURLToPath(new URL('../../../examples/plugins', import.meta.url));

describe('example plugins in the real host', () => {
  let root: string;
  let plugin: RunningPlugin | undefined;
  const ignore = () => undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hansa-examples-'));
  });
  afterEach(async () => {
    await plugin?.stop();
    plugin = undefined;
    rmSync(root, { recursive: true, force: true });
  });

  async function start(name: string, config = {}): Promise<RunningPlugin> {
    const dir = join(EXAMPLES, name);
    plugin = await startPlugin({
      dir,
      manifest: JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as HostedManifest,
      config,
      storage: memoryStorage(),
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      dataDir: join(root, name),
    });
    return plugin;
  }

  const send = async (running: RunningPlugin, method: string, path: string, json?: unknown) => {
    const answer = await running.request({
      method,
      path,
      ...(json === undefined ? {} : { body: Buffer.from(JSON.stringify(json)) }),
    });
    return { status: answer.status, text: answer.body.toString(), type: answer.headers['content-type'] };
  };

  it.each(readdirSync(EXAMPLES))('%s runs, is healthy, and shows a page from its menu', async (name) => {
    const running = await start(name);
    await running.callHook('install');
    await expect(running.health()).resolves.toMatchObject({ ok: true });
    expect(running.menuItems).toHaveLength(1);
    const { status, text, type } = await send(running, 'GET', running.menuItems[0]!.path);
    expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('width=device-width');
    await running.stop();
    await expect(running.exited).resolves.toMatchObject({ code: 0, signal: null });
  });

  it('seo-essentials scores a text', async () => {
    const running = await start('seo-essentials');
    const { text } = await send(running, 'POST', '/check', { title: 'TABLE' });
    expect(JSON.parse(text)).toMatchObject({ score: expect.any(Number), findings: expect.any(Array) });
  });

  it('invoice-designer makes an invoice of an order and shows it', async () => {
    const running = await start('invoice-designer', { company: 'Harbour Shop', prefix: 'HS' });
    const lines = [{ description: 'Table', quantity: 1, unit_price_cents: 10_000 }];
    await running.emit('order.placed', { id: 'order_1', customer: { name: 'Ada' }, lines });
    const number = /HS-\d{4}-00001/.exec((await send(running, 'GET', '/')).text)?.[0];
    expect((await send(running, 'GET', `/invoices/${number}`)).text).toContain('120.00 EUR');
    expect((await send(running, 'GET', `/invoices/${number}/svg`)).type).toBe('image/svg+xml');
  });

  it('restock-radar hears orders and products', async () => {
    const running = await start('restock-radar');
    await running.emit('product.updated', { id: 'p1', title: 'Table', stock: 1 });
    await running.emit('order.placed', { id: 'o1', items: [{ product_id: 'p1', quantity: 1 }] });
    expect((await send(running, 'GET', '/')).text).toContain('Order now');
  });

  it('loyalty-points earns and redeems with its secret', async () => {
    const running = await start('loyalty-points', { voucher_secret: 'a secret of sixteen' });
    await running.emit('order.placed', { id: 'o1', customer_id: 'c1', total_cents: 20_000 });
    const { status, text } = await send(running, 'POST', '/redeem', { customer: 'c1', points: 150, reference: 'r1' });
    expect(status).toBe(201);
    expect(JSON.parse(text)).toMatchObject({ code: expect.stringMatching(/^(\w{4}-){2}\w{4}$/), balance: 50 });
  });
});
