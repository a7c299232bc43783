import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FederationProcess } from './federation-process.js';

const execute = promisify(execFile);

/** The demonstration of a subscription, as somebody runs it: one command, real processes. */
describe('npm run demo -- lifecycle', () => {
  const federation = new FederationProcess();
  beforeAll(() => federation.start(), 180_000);
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

      const licenses = await federation.query(
        'hub',
        'SELECT l.revoked_reason, o.status FROM licenses l JOIN orders o ON o.id = l.order_id ORDER BY l.issued_at',
      );
      expect(licenses).toEqual(Array.from({ length: times }, () => ({ revoked_reason: 'refunded', status: 'paid' })));
      const shop = await federation.query('tenant', 'SELECT standing, failure_reason FROM licenses');
      expect(shop).toEqual([{ standing: 'stopped', failure_reason: 'REVOKED' }]);
      expect(await federation.query('tenant', 'SELECT enabled FROM plugins')).toEqual([{ enabled: false }]);
      const [ledger] = await federation.query('hub', 'SELECT sum(amount_minor)::int AS sum FROM ledger_postings');
      expect(ledger).toEqual({ sum: 0 });
    }
  }, 240_000);

  it('names its parts when it is asked for another', async () => {
    await expect(demo('sell')).rejects.toMatchObject({ stderr: '\nnpm run demo [-- purchase | lifecycle]\n', code: 1 });
  });
});
