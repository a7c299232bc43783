import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { FAULT_POINTS, type FaultPoint } from '#installer';
import { aRelease, eventually, FakeHub, MortalTenant } from '#test';

/** More than one chunk of a download, and nothing a zip can make smaller. */
const BALLAST = { 'ballast.bin': randomBytes(150_000).toString('base64') };
const ILL = `export async function register() {}\nexport const health = () => ({ ok: false, message: 'no disk' });`;
/** Less than a minute each on a quiet machine. */
const TIMEOUT_MS = 600_000;

const of = (...prefixes: string[]): FaultPoint[] =>
  FAULT_POINTS.filter((point) => prefixes.some((prefix) => point.startsWith(`${prefix}.`)));

describe('a shop that is killed', () => {
  let hub: FakeHub;
  let tenant: MortalTenant;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    tenant = await MortalTenant.start(hub);
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const release = async (id: string, version: string, code?: string) => {
    hub.releases.push(await aRelease({ id, version, files: BALLAST, ...(code ? { code } : {}) }));
  };
  const install = (id: string) => tenant.ask('POST', '/admin/plugins/install', { marketplace_id: `@acme/${id}` });
  const update = (id: string) => tenant.ask('POST', `/admin/plugins/${id}/update`, {});
  const remove = (id: string) => tenant.ask('DELETE', `/admin/plugins/${id}?data=drop`);
  const has = async (id: string, version: string) => {
    await release(id, version);
    await install(id);
    await tenant.settled();
  };
  /** Has the process die when its work on a package reaches a point, starts it again, and waits for all jobs. */
  const cutOff = async (point: FaultPoint, id: string, work: () => Promise<unknown>[]) => {
    await tenant.doomAt(point, `@acme/${id}`);
    await Promise.all(work());
    await tenant.death();
    await tenant.restart();
    await tenant.settled();
  };

  /** Whole, and in line with the database: no half release, no stray file, one process a plugin, and it answers. */
  const expectSound = async (versions: Record<string, string>) => {
    const rows = await tenant.query('SELECT id, release_dir, version, probing FROM plugins ORDER BY id');
    const current = Object.fromEntries(rows.map(({ id, release_dir: dir }) => [id!, dir!]));
    expect(Object.fromEntries(rows.map(({ id, version }) => [id!, version!]))).toEqual(versions);
    expect(rows.some(({ probing }) => probing)).toBe(false);
    const kept = await tenant.query('SELECT plugin_id, release_dir FROM plugin_releases');
    const wanted = (id: string) => kept.filter((row) => row['plugin_id'] === id).map((row) => row['release_dir']!);
    const whole = Object.entries(current).map(([id, dir]) => [id, [dir, ...wanted(id)].sort()]);
    // The last step of a job is to clear up; its row is final a moment before.
    const expected = { incoming: [], store: Object.fromEntries(whole), live: current };
    const isInLine = async () => isDeepStrictEqual(await tenant.files(), expected);
    await eventually('the disk is in line', isInLine).catch(() => undefined);
    expect(await tenant.files()).toEqual(expected);
    for (const [id, dir] of Object.entries(current)) {
      await eventually(`${id} ${dir} alone runs`, async () => tenant.running(id).join() === dir);
      expect((await tenant.admin('GET', `/plugins/${id}/hello`)).body).toMatchObject({ version: versions[id] });
    }
  };

  it(
    'has the new plugin in the end, however often its installation was cut off, each time a little further',
    async () => {
      await release('fresh', '1.0.0');
      const [first, ...points] = of('job', 'fetch', 'verify');
      await tenant.doomAt(first!, '@acme/fresh');
      await install('fresh');
      for (const point of points) {
        await tenant.death();
        await tenant.restart(point, '@acme/fresh');
      }
      await tenant.death();
      await tenant.restart();
      await tenant.settled();
      await expectSound({ fresh: '1.0.0' });
    },
    TIMEOUT_MS,
  );

  it.each(['switch.committed', 'conclude.probing'] as const)(
    'ends with the new plugin and no other after an installation was cut off at %s',
    async (point) => {
      await release('fresh', '1.0.0');
      await cutOff(point, 'fresh', () => [install('fresh'), install('fresh')]);
      await expectSound({ fresh: '1.0.0' });
    },
    TIMEOUT_MS,
  );

  it(
    'ends with the new release alone, wherever an update was cut off, whatever else was on its way',
    async () => {
      await has('old', '1.0.0');
      let patch = 0;
      for (const point of of('stage', 'switch', 'conclude')) {
        patch += 1;
        await release('old', `1.0.${patch}`);
        await release('other', `1.0.${patch}`);
        // The same update twice, and another package beside it.
        const beside = patch === 1 ? install : update;
        await cutOff(point, 'old', () => [update('old'), update('old'), beside('other')]);
        // Its order may have been lost with the process; asked again it is the same one, or is refused as done.
        await beside('other');
        await tenant.settled();
        await expectSound({ old: `1.0.${patch}`, other: `1.0.${patch}` });
      }
    },
    TIMEOUT_MS,
  );

  it(
    'ends with what ran before, wherever a roll back was cut off',
    async () => {
      await has('old', '1.0.0');
      let patch = 0;
      for (const point of of('rollback')) {
        patch += 1;
        await release('old', `1.0.${patch}`, ILL);
        await release('ill', `1.0.${patch}`, ILL);
        await cutOff(point, patch % 2 === 0 ? 'old' : 'ill', () => [update('old'), install('ill')]);
        await expectSound({ old: '1.0.0' });
      }
    },
    TIMEOUT_MS,
  );

  it(
    'ends without the plugin, or with all of it, wherever its removal was cut off',
    async () => {
      await has('old', '1.0.0');
      await cutOff('uninstall.uncommitted', 'old', () => [remove('old')]);
      await expectSound({ old: '1.0.0' });
      await cutOff('uninstall.committed', 'old', () => [remove('old')]);
      await expectSound({});
    },
    TIMEOUT_MS,
  );
});
