import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PublishersService } from '#accounts';
import { CatalogIndex } from '#catalog';
import {
  A_PASSWORD,
  aPerson,
  aPublishedPackage,
  aRelease,
  asPublisher,
  doJobs,
  startTestHub,
  type TestHub,
} from '#test';

const CLI = fileURLToPath(new URL('../../cli/dist/src/main.js', import.meta.url));
const run = promisify(execFile);

/** The command line a publisher has, against a real hub. */
describe('hansa, after the first release', () => {
  let hub: TestHub;
  let root: string;
  let env: Record<string, string>;
  let name: string;
  let release: { id: string };
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'hansa-cli-'));
    hub = await startTestHub();
    const made = await aPublishedPackage(hub.database);
    name = made.package.marketplaceId;
    release = await aRelease(hub.database, made.package, { version: '1.1.0', rolloutPercent: 5 });
    await hub.app.get(CatalogIndex, { strict: false }).refresh();
    const { authorization } = await asPublisher(hub, made.package.publisherId);
    env = { HANSA_TOKEN: authorization.replace('Bearer ', ''), HANSA_PASSWORD: A_PASSWORD };
  });
  afterEach(async () => {
    await doJobs(hub);
    await hub.close();
    rmSync(root, { recursive: true });
  });

  interface Outcome {
    readonly code: number;
    readonly json: Record<string, unknown>;
    readonly out: string;
  }
  const hansa = async (...args: string[]): Promise<Outcome> => {
    const done = await run(process.execPath, [CLI, ...args], { env, cwd: root }).then(
      ({ stdout }) => ({ code: 0, out: stdout }),
      (error: unknown) => ({ code: (error as { code: number }).code, out: (error as { stdout: string }).stdout }),
    );
    return { ...done, json: done.out.startsWith('{') ? (JSON.parse(done.out) as Record<string, unknown>) : {} };
  };
  const atHub = (...args: string[]) => hansa(...args, '--hub', hub.url, '--json');
  const column = async (sql: string) => (await hub.database.dataSource.query(sql, [release.id]))[0];

  it('yanks, brings back and rolls out a release by its name', async () => {
    expect((await atHub('yank', `${name}@1.1.0`, '--reason', 'Harms.')).json).toMatchObject({ status: 'yanked' });
    expect((await atHub('unyank', `${name}@1.1.0`)).json).toMatchObject({ status: 'published' });
    expect((await atHub('rollout', `${name}@1.1.0`, '50')).code).toBe(0);
    expect(await column('SELECT rollout_percent AS p FROM releases WHERE id = $1')).toEqual({ p: 50 });
    expect(await atHub('rollout', `${name}@1.1.0`, '20')).toMatchObject({
      code: 1,
      json: { error: { code: 'ROLLOUT_LOWERED' } },
    });
    expect(await atHub('yank', `${name}@9.9.9`, '--reason', 'x')).toMatchObject({
      code: 1,
      json: { error: { code: 'RELEASE_NOT_FOUND' } },
    });
    for (const bad of [
      ['rollout', `${name}@1.1.0`, '101'],
      ['rollout', `${name}@1.1.0`, 'all'],
      ['unyank', 'radar'],
    ])
      expect((await atHub(...bad)).code).toBe(2);
  });

  it('publishes, lists and withdraws advisories, and deprecates', async () => {
    const about = ['--affected', '<1.1.0', '--fixed-in', '1.1.0', '--severity', 'high', '--summary', 'Reads files.'];
    const made = await atHub('advisory', 'publish', name, ...about, '--reference', 'https://a.example/1');
    expect(made.json).toMatchObject({ affected: '<1.1.0', references: ['https://a.example/1'] });
    expect((await hansa('advisory', 'list', name, '--hub', hub.url)).out).toContain(
      '<1.1.0, fixed in 1.1.0  high  Reads files.',
    );
    const withdrawn = await atHub('advisory', 'withdraw', String(made.json['advisory_id']), '--reason', 'Wrong.');
    expect(withdrawn.json).toHaveProperty('withdrawn_at');
    expect((await atHub('deprecate', name, '--message', 'Old.')).json).toMatchObject({ message: 'Old.' });
    expect((await atHub('deprecate', name, '--undo')).json).toMatchObject({ deprecated: false });
  });

  it('lists, adds and revokes keys with the password of an account, never with a token', async () => {
    const email = 'ada@nord.example';
    const ada = await aPerson(hub, email);
    const as = ['--email', email];
    expect(await atHub('keys', 'list', ...as)).toMatchObject({
      code: 2,
      json: { error: { code: 'PUBLISHER_REQUIRED' } },
    });
    const made = await ada.send('POST', '/account/publishers', { name: 'Nord', agreement_version: '1' });
    expect(
      await hub.app.get(PublishersService, { strict: false }).find((made.json() as { id: string }).id),
    ).toBeDefined();
    await hansa('keygen', '--out', 'key.json');
    const added = await atHub('keys', 'add', 'key.pub.json', '--name', 'laptop', ...as);
    expect(added.json).toMatchObject({ name: 'laptop' });
    const kid = String(added.json['kid']);
    const revoked = await atHub('keys', 'revoke', kid, '--reason', 'Stolen.', ...as);
    expect(revoked.json).toMatchObject({ kid, revoked_reason: 'Stolen.' });
    expect((await atHub('keys', 'list', ...as)).json).toMatchObject({ items: [{ kid }] });
  });

  it.each(['yank', 'unyank', 'rollout', 'advisory', 'deprecate', 'keys'])(
    '%s --help shows examples',
    async (command) => {
      const { code, out } = await hansa(command, '--help');
      expect([code, out.includes(`$ hansa ${command} `)]).toEqual([0, true]);
    },
  );
});
