import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FederationProcess } from './federation-process.js';
import { Merchant } from './merchant.js';

const execute = promisify(execFile);

/** The demonstration of a subscription, as somebody runs it: one command, real processes. */
describe('npm run demo -- lifecycle', () => {
  const federation = new FederationProcess();
  beforeAll(() => federation.start(), 330_000);
  afterAll(() => federation.remove(), 60_000);

  const demo = async (...args: string[]) => {
    const { stdout } = await execute(process.execPath, ['tools/demo.mjs', ...args], { env: federation.env });
    return stdout;
  };

  it('shows a subscription bought, renewed under a test clock, refunded, and the plugin going off; and that it can be bought again', async () => {
    for (let times = 1; times <= 2; times += 1) {
      const lines = (await demo('lifecycle')).trim().split('\n');
      const [, ...steps] = lines.slice(0, -1);
      for (const step of steps) expect(step).toMatch(/^ {2}\d\d:\d\d:\d\d\.\d{3} +\d+ ms {2}\S/);
      const told = steps.join('\n');
      const [bought, renewed, back] = [
        /runs; subscribed until (.{16})/,
        /renewed: .* until (.{16})/,
        /taken back: until (.{16}) again, and the plugin is running/,
      ].map((pattern) => Date.parse(`${pattern.exec(told)?.[1]}Z`));
      expect([renewed! > bought!, back]).toEqual([true, bought]);
      expect(told).toMatch(/the plugin is off: enabled false, .* answers 4\d\d/);
      expect(told).toMatch(/the shop says why: “The plugin stops, because of its license: it was revoked/);
      expect(lines.at(-1)).toMatch(/^Done in/);

      const licenses = await federation.query('hub', 'SELECT DISTINCT revoked_reason FROM licenses');
      expect(licenses).toEqual([{ revoked_reason: 'refunded' }]);
      const [orders] = await federation.query('hub', `SELECT count(*)::int AS n FROM orders WHERE status = 'paid'`);
      expect(orders).toEqual({ n: times });
      const shop = await federation.query('tenant', 'SELECT standing, failure_reason FROM licenses');
      expect(shop).toEqual([{ standing: 'stopped', failure_reason: 'REVOKED' }]);
      expect(await federation.query('tenant', 'SELECT enabled FROM plugins')).toEqual([{ enabled: false }]);
      const [ledger] = await federation.query('hub', 'SELECT sum(amount_minor)::int AS sum FROM ledger_postings');
      expect(ledger).toEqual({ sum: 0 });
    }
  }, 240_000);

  it('licenses a shop by hand: a request carried to the hub, and its answer back, typed and as a file', async () => {
    await demo('purchase');
    const { demo: places } = federation;
    const merchant = new Merchant(places);
    await merchant.signIn();
    const [bought] = await federation.query<{ marketplace_id: string; license_id: string }>(
      'tenant',
      `SELECT marketplace_id, license_id FROM licenses WHERE standing = 'active'`,
    );
    const { token } = await post(`${places.hub_url}/console/session`, places.operator);
    const by = { authorization: `Bearer ${String(token)}` };
    const notations = [
      ['text', (answer: object) => (answer as { text: string }).text],
      ['license_request', (answer: object) => JSON.stringify(answer)],
    ] as const;
    for (const [asked, carried] of notations) {
      const { body } = await merchant.ask('POST', '/admin/marketplace/licenses/requests', {
        marketplace_id: bought!.marketplace_id,
      });
      const answer = await post(`${places.hub_url}/console/license-requests`, { request: body[asked] }, by);
      const taken = await merchant.ask('POST', '/admin/marketplace/licenses/responses', { response: carried(answer) });
      expect(taken).toMatchObject({
        status: 200,
        body: { marketplace_id: bought!.marketplace_id, license_id: bought!.license_id, kind: 'one_time' },
      });
    }
    const seats = 'SELECT count(*)::int AS n FROM license_activations WHERE license_id = $1 AND released_at IS NULL';
    expect(await federation.query('hub', seats, [bought!.license_id])).toEqual([{ n: 1 }]);
  }, 120_000);

  it('names its parts when it is asked for another', async () => {
    await expect(demo('sell')).rejects.toMatchObject({ stderr: '\nnpm run demo [-- purchase | lifecycle]\n', code: 1 });
  });
});

async function post(url: string, body: object, headers: object = {}): Promise<Record<string, unknown>> {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
  const response = await fetch(url, init);
  expect(response.ok).toBe(true);
  return (await response.json()) as Record<string, unknown>;
}
