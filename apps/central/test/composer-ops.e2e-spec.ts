import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AuditEntry } from '#audit';
import { aPublisher, startComposerHub, type ComposerHub } from './support/composer.js';

const OPS = fileURLToPath(new URL('../dist/src/ops.js', import.meta.url));
const run = promisify(execFile);

describe('the operator commands for Composer', () => {
  let hub: ComposerHub;
  beforeAll(async () => {
    hub = await startComposerHub();
  });
  afterAll(() => hub.close());

  const settings = () => ({
    PATH: process.env['PATH'],
    DATABASE_URL: hub.database.url,
    DATA_DIR: hub.ground.config.dataDir,
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  const ops = async <T = Record<string, unknown>>(args: string[], env: Record<string, string> = {}): Promise<T> =>
    JSON.parse((await run(process.execPath, [OPS, ...args], { env: { ...settings(), ...env } })).stdout) as T;

  it('issue, list and revoke a management token', async () => {
    const args = ['--name', 'shop', '--scopes', 'tokens:read,customers:read', '--expires', '2099-01-01T00:00:00Z'];
    const made = await ops<{ id: string; token: string }>(['issue-management-token', ...args]);
    const status = async (path: string) => (await hub.call('GET', path, { token: made.token })).status;
    expect([await status('/api/tokens'), await status('/api/customers')]).toEqual([200, 200]);

    const listed = await ops(['list-management-tokens']);
    expect(listed['items']).toContainEqual(
      expect.objectContaining({
        id: made.id,
        scopes: ['tokens:read', 'customers:read'],
        expires_at: '2099-01-01T00:00:00.000Z',
      }),
    );
    expect(JSON.stringify(listed)).not.toContain(made.token);

    expect(await ops(['revoke-management-token', made.id])).toEqual({ id: made.id, revoked: true });
    expect(await status('/api/tokens')).toBe(401);
    const audit = await hub.database.dataSource.manager.findBy(AuditEntry, { subject: made.id });
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['management_token.issued', 'ops'],
      ['management_token.revoked', 'ops'],
    ]);
  });

  it('run one after another in one process, until one is no command', async () => {
    const lines = [
      '["issue-publishable-key", "--name", "batch"]',
      '["list-management-tokens"]',
      '{"not": "words"}',
      '["list-composer-sources"]',
    ];
    const batch = run(process.execPath, [OPS, 'batch'], { env: settings() });
    batch.child.stdin!.end(lines.join('\n'));
    const outcome: unknown = await batch.catch((error: unknown) => error);
    const { code, stdout, stderr } = outcome as { code?: number; stdout: string; stderr: string };
    const [key, tokens, ...more] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(key).toMatchObject({ key: expect.stringMatching(/^pk_/) });
    expect(tokens).toMatchObject({ items: expect.any(Array) });
    expect(more).toEqual([]);
    expect([code, stderr]).toEqual([1, 'A command of a batch is a line with a JSON list of words.\n']);
  });

  it('add, list and sync a source, with its credential from the environment', async () => {
    const { id: publisher } = await aPublisher(hub, 'acme');
    const args = ['--publisher', publisher, '--url', 'https://git.example/acme.git', '--prefixes', 'acme/'];
    const made = await ops<{ id: string }>(['add-composer-source', ...args, '--no-branches'], {
      SOURCE_CREDENTIAL: 'user:hunter2',
    });
    expect(made).toEqual({
      id: expect.stringMatching(/^src_/),
      webhook_secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const listed = await ops(['list-composer-sources']);
    expect(listed['items']).toMatchObject([{ id: made.id, branches: false, interval_minutes: 60, problem_count: 0 }]);
    expect(JSON.stringify(listed)).not.toContain('hunter2');
    await hub.database.takeJobs();
    expect(await ops(['sync-composer-source', made.id])).toEqual({ id: made.id, queued: true });
    expect(await hub.database.takeJobs()).toMatchObject([{ name: 'sync-composer-source' }]);
  });

  it.each([
    ['an unknown scope', ['issue-management-token', '--name', 'x', '--scopes', 'tokens:all']],
    [
      'an expiry in the past',
      ['issue-management-token', '--name', 'x', '--scopes', 'tokens:read', '--expires', '2001'],
    ],
    [
      'an expiry that is no date',
      ['issue-management-token', '--name', 'x', '--scopes', 'tokens:read', '--expires', 'x'],
    ],
    ['a prefix with a star', ['add-composer-source', '--publisher', 'p', '--url', '/x', '--prefixes', 'acme/*']],
    [
      'an interval of 0',
      ['add-composer-source', '--publisher', 'p', '--url', '/x', '--prefixes', 'a/', '--interval-minutes', '0'],
    ],
    ['an unknown source', ['sync-composer-source', 'src_none']],
  ])('refuse %s in one line', async (_, args) => {
    await expect(ops(args)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^[^\n]+\n$/) });
  });
});
