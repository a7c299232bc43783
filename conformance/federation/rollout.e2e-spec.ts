import { eventually } from '@hansa/testing';
import { FederationProcess } from './federation-process.js';
import { Merchant } from './merchant.js';
import { Publisher } from './publisher.js';

const WELL = 'export function register() {}\n';
const ILL = `${WELL}export function upgrade() { throw new Error('cannot read the old settings'); }\n`;

/** Whole program, real processes: the hub learns from the shop that a release is bad, and only because the merchant lets it. */
describe('a rollout in a federation', () => {
  const federation = new FederationProcess();
  let merchant: Merchant;
  let publisher: Publisher;

  beforeAll(async () => {
    await federation.start({ ROLLOUT_HALT_REPORTS: '1' });
    merchant = new Merchant(federation.demo);
    publisher = new Publisher(federation);
    await merchant.signIn();
  }, 180_000);
  afterAll(() => federation.remove(), 60_000);

  const outcomes = () => federation.query<{ outcome: string }>('hub', 'SELECT outcome FROM release_outcomes');
  const offered = async () => {
    const { body } = await merchant.ask('GET', '/admin/marketplace/feed/@hansa-labs/rolled');
    return (body['product'] as { version: string }).version;
  };
  async function ended({ body }: { body: Record<string, unknown> }): Promise<unknown> {
    const { id } = body['job'] as { id: string };
    return eventually(
      'the job ends',
      async () => (await merchant.ask('GET', `/admin/plugins/jobs/${id}`)).body['outcome'],
    );
  }

  it('is halted by the shop it failed in, which told no more than that, and only when it may', async () => {
    await publisher.release('rolled', '1.0.0', WELL);
    expect(
      await ended(await merchant.ask('POST', '/admin/plugins/install', { marketplace_id: '@hansa-labs/rolled' })),
    ).toBe('done');
    expect(await outcomes()).toEqual([]);

    await merchant.ask('PUT', '/admin/marketplace/outcome-reports', { consent: true });
    await publisher.release('rolled', '1.1.0', ILL);
    expect(await offered()).toBe('1.1.0');
    const update = await merchant.ask('POST', '/admin/plugins/rolled/update', { version: '1.1.0' });
    expect(await ended(update)).toBe('rolled_back');

    await eventually('the rollout is halted', async () => (await offered()) === '1.0.0');
    expect(await outcomes()).toEqual([{ outcome: 'rolled_back' }]);
    const { body } = await merchant.ask('GET', '/admin/egress?limit=100');
    const rows = (body['items'] as { path: string; bytes: number }[]).filter(({ path }) => path.endsWith('/outcomes'));
    expect(rows).toMatchObject([
      { bytes: '{"marketplace_id":"@hansa-labs/rolled","version":"1.1.0","outcome":"rolled_back"}'.length },
    ]);
    const [halted] = await federation.query<{ reason: string }>(
      'hub',
      `SELECT rollout_halt_reason AS reason FROM releases WHERE version = '1.1.0' AND rollout_halted_at IS NOT NULL`,
    );
    expect(halted?.reason).toBe('1 of 1 installations failed');
  }, 240_000);
});
