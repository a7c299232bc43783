import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aCertificateProduct, aMarketProduct, describeWith } from '#test';
import { MarketClients, MarketProducts } from '#market';
import { CpanelWorld } from './support/cpanel-world.js';

const MODULE = fileURLToPath(new URL('../../../integrations/cpanel/', import.meta.url));

interface Proved {
  readonly code: number;
  readonly output: string;
}

/** Runs one file of the module's tests on the machine's Perl. */
function prove(program: string, file: string, env: NodeJS.ProcessEnv = {}): Promise<Proved> {
  const options = { cwd: MODULE, env: { PATH: process.env['PATH'], ...env }, timeout: 600_000 };
  return new Promise((done) => {
    const child = execFile(program, ['-Ilib', `t/${file}`], options, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

describeWith('prove', 'the Perl module for cPanel', (program) => {
  const alone = readdirSync(`${MODULE}t`).filter((name) => name.endsWith('.t') && !name.startsWith('9'));

  it.each(alone)('keeps what %s says', async (file) => {
    const { code, output } = await prove(program, file);
    expect([code, output]).toEqual([0, expect.stringContaining('Result: PASS')]);
  });

  describe('beside a hub that runs', () => {
    let world: CpanelWorld;
    let clientId: string;
    beforeAll(async () => {
      world = await new CpanelWorld().start();
      const clients = world.hub.app.get(MarketClients, { strict: false });
      ({ id: clientId } = await clients.create('Test server', ['https://cpanel.example:2083'], 'test'));
    }, 120_000);
    afterAll(() => world.close());

    it('signs in: the code stands before the fragment, counts once, and belongs to this account and address', async () => {
      const { code, output } = await prove(program, '90-sign-in.t', world.env(clientId));
      expect([code, output]).toEqual([0, expect.stringContaining('Result: PASS')]);
    }, 660_000);

    it('buys certificates that openssl reads, and licenses; the hub may be killed in between', async () => {
      const ids = new Map<string, string>();
      for (const name of ['SEO', 'Reviews']) ids.set(name, (await aMarketProduct(world.hub, { name })).id);
      await aCertificateProduct(world.hub);
      const products = world.hub.app.get(MarketProducts, { strict: false });
      world.verbs.set('disable', async (fields) => {
        await products.change(ids.get(fields.get('product') ?? '')!, { enabled: false }, 'test');
        return {};
      });
      const { code, output } = await prove(program, '91-shopping.t', world.env(clientId));
      expect([code, output]).toEqual([0, expect.stringContaining('Result: PASS')]);
    }, 660_000);
  });
});
