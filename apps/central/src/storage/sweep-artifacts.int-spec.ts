import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sha256Hex } from '@hansa/trust';
import { aPackage, aRelease, fixedClock, startTestHub, type TestHub } from '#test';
import { artifactOwners } from './artifact-owners.js';
import { ArtifactStore } from './artifact-store.js';
import { DirectoryStore } from './directory-store.js';
import { GuardedStore } from './guarded-store.js';
import { SweepArtifactsJob } from './sweep-artifacts.job.js';

const LONG_AGO = new Date('2029-12-01T00:00:00Z');
const HOUR = 3_600;

class Killed extends Error {}

/** What a sweep asks of the world, beginning a transaction and committing it among them. */
const STEPS: readonly (string | symbol)[] = ['query', 'update', 'delete', 'list', 'remove', 'removeUnfinished'];

/** The same object; `step` is called before whatever it does to the world, and may throw. */
function mortalOf<T extends object>(world: T, step: () => void): T {
  return new Proxy(world, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'manager') return mortalOf(value as object, step);
      if (typeof value !== 'function') return value;
      const call = value as (...given: unknown[]) => unknown;
      if (name === 'transaction')
        return (work: (tx: object) => Promise<unknown>) =>
          call.call(target, async (tx: object) => {
            const done = await work(mortalOf(tx, step));
            step();
            return done;
          });
      return (...given: unknown[]) => {
        if (STEPS.includes(name)) step();
        return call.apply(target, given);
      };
    },
  });
}

describe(SweepArtifactsJob.name, () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let hub: TestHub;
  let dataDir: string;
  let store: ArtifactStore;
  let job: SweepArtifactsJob;
  beforeEach(async () => {
    clock.set(new Date('2030-01-01T00:00:00Z'));
    dataDir = mkdtempSync(join(tmpdir(), 'hansa-sweep-'));
    hub = await startTestHub({ clock, config: { dataDir } });
    store = hub.app.get(ArtifactStore, { strict: false });
    job = hub.app.get(SweepArtifactsJob, { strict: false });
  });
  afterEach(async () => {
    await hub.close();
    rmSync(dataDir, { recursive: true });
  });

  const put = async (text: string) => (await store.put(Readable.from([Buffer.from(text)]), 1_000)).sha256;
  async function age(at = LONG_AGO): Promise<void> {
    for (const entry of await readdir(join(dataDir, 'artifacts'), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), at, at);
  }
  async function anOldOrphan(text = 'orphan'): Promise<string> {
    const sha256 = await put(text);
    await age();
    return sha256;
  }
  const isThere = async (sha256: string) => (await store.find(sha256)) !== undefined;

  it('removes an old artifact that no row names, in a second sweep, and leaves every other', async () => {
    const owner = await aPackage(hub.database);
    const released = await put('released');
    await aRelease(hub.database, owner, { sha256: released });
    const orphan = await anOldOrphan();
    const fresh = await put('fresh');
    await age();
    await utimes(join(dataDir, 'artifacts', 'sha256', fresh.slice(0, 2), fresh), clock.now(), clock.now());
    expect(await job.sweep()).toEqual({ unfinished: 0, doomed: 1, removed: 0 });
    expect(await job.sweep()).toEqual({ unfinished: 0, doomed: 0, removed: 0 });
    clock.advance(HOUR + 1);
    expect(await job.sweep()).toMatchObject({ removed: 1 });
    expect([await isThere(orphan), await isThere(released), await isThere(fresh)]).toEqual([false, true, true]);
  });

  it('spares what has got a row meanwhile', async () => {
    const sha256 = await anOldOrphan();
    await job.sweep();
    await aRelease(hub.database, await aPackage(hub.database), { sha256 });
    clock.advance(HOUR + 1);
    expect(await job.sweep()).toMatchObject({ removed: 0 });
    expect(await isThere(sha256)).toBe(true);
  });

  it('spares what is uploaded again, however old the doom is', async () => {
    const sha256 = await anOldOrphan();
    await job.sweep();
    clock.advance(HOUR + 1);
    await put('orphan');
    expect(await job.sweep()).toMatchObject({ removed: 0 });
    expect(await isThere(sha256)).toBe(true);
  });

  it('asks an upload to come again that comes while its bytes are going, whether before or after they are gone', async () => {
    const inner = new DirectoryStore(join(dataDir, 'artifacts'));
    const sweepIn = async (then: () => Promise<unknown>) => {
      await anOldOrphan();
      await job.sweep();
      clock.advance(HOUR + 1);
      const put = inner.put.bind(inner);
      inner.put = async (bytes, max) => put(bytes, max).finally(then);
      const guarded = new GuardedStore(inner, hub.database.dataSource);
      await expect(guarded.put(Readable.from([Buffer.from('orphan')]), 100)).rejects.toMatchObject({
        code: 'ARTIFACT_GOING',
      });
    };
    // The sweep has let it go and has not removed it yet.
    await sweepIn(() => hub.database.dataSource.query('UPDATE doomed_artifacts SET going = true'));
    await job.sweep();
    // The whole sweep runs between the last byte and the look.
    await sweepIn(() => job.sweep());
  });

  it('goes on where it was killed', async () => {
    const sha256 = await anOldOrphan();
    await job.sweep();
    await hub.database.dataSource.query('UPDATE doomed_artifacts SET going = true');
    expect(await job.sweep()).toMatchObject({ removed: 1 });
    expect(await isThere(sha256)).toBe(false);
    expect(await put('orphan')).toBe(sha256);
    await age();
    await job.sweep();
    await store.remove(sha256);
    clock.advance(HOUR + 1);
    await job.sweep();
    expect(await hub.database.dataSource.query('SELECT 1 FROM doomed_artifacts')).toEqual([]);
  });

  describe('killed before any of its steps', () => {
    /** Two sweeps, the second when what is doomed may go, killed before this step. False when there is no such step. */
    async function dieBefore(death: number): Promise<boolean> {
      let steps = 0;
      const step = () => {
        steps += 1;
        if (steps === death) throw new Killed();
      };
      const { config, dataSource } = hub.ground;
      const mortal = new SweepArtifactsJob(mortalOf(dataSource, step), clock, config, mortalOf(store, step));
      try {
        await mortal.sweep();
        clock.advance(HOUR + 1);
        await mortal.sweep();
        return false;
      } catch (error) {
        if (error instanceof Killed) return true;
        throw error;
      }
    }
    async function sweepOn(): Promise<void> {
      for (let night = 0; night < 3; night += 1) {
        clock.advance(HOUR + 1);
        await job.sweep();
      }
    }

    it('leaves nothing behind once it has run again, and takes nothing that has an owner', async () => {
      const owned = await put('owned');
      await aRelease(hub.database, await aPackage(hub.database), { sha256: owned });
      let death = 0;
      for (let died = true; died;) {
        death += 1;
        const orphan = await anOldOrphan(`orphan ${death}`);
        died = await dieBefore(death);
        await sweepOn();
        const doomed = await hub.database.dataSource.query<object[]>('SELECT 1 FROM doomed_artifacts');
        expect([death, await isThere(orphan), await isThere(owned), doomed]).toEqual([death, false, true, []]);
      }
      expect(death).toBeGreaterThan(8);
    });

    it('lets whoever uploads the same bytes then keep them', async () => {
      const owner = await aPackage(hub.database);
      let death = 0;
      for (let died = true; died;) {
        death += 1;
        const text = `orphan ${death}`;
        await anOldOrphan(text);
        died = await dieBefore(death);
        const sha256 = await put(text).catch(async (error: unknown) => {
          expect(error).toMatchObject({ code: 'ARTIFACT_GOING' });
          await sweepOn();
          return put(text);
        });
        await aRelease(hub.database, owner, { sha256, version: `1.0.${death}` });
        await age();
        await sweepOn();
        expect([death, await isThere(sha256)]).toEqual([death, true]);
      }
      expect(death).toBeGreaterThan(8);
    });
  });

  it('knows every column that names an artifact', async () => {
    const columns = await hub.database.dataSource.query<{ at: string }[]>(
      `SELECT table_name || '.' || column_name AS at FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name ~ '(^|_)(sha256|digest)$' AND data_type = 'text' ORDER BY 1`,
    );
    const digestsOfOtherThings = [
      'doomed_artifacts.sha256',
      'releases.manifest_sha256',
      'tuf_bins.sha256',
      'tuf_targets.sha256', // of published releases, which name the artifact themselves
    ];
    const owned = artifactOwners().map(({ table, column }) => `${table}.${column}`);
    expect(columns.map(({ at }) => at)).toEqual([...owned, ...digestsOfOtherThings].sort());
  });

  it('never takes two artifacts for one', async () => {
    const one = await anOldOrphan('one');
    const two = await anOldOrphan('two');
    expect(one).toBe(sha256Hex(Buffer.from('one')));
    await aRelease(hub.database, await aPackage(hub.database), { sha256: two });
    await job.sweep();
    clock.advance(HOUR + 1);
    await Promise.all([job.sweep(), job.sweep()]);
    expect([await isThere(one), await isThere(two)]).toEqual([false, true]);
  });
});
