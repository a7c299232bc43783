import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { eventually } from '@hansa/testing';
import { FAULT_POINTS, type FaultPoint } from '#installer';
import { FakeHub } from './fake-hub.js';
import { MortalTenant } from './mortal.js';
import { aRelease } from './releases.js';

/** More than one chunk of a download, and nothing a zip can make smaller. */
const BALLAST = { 'ballast.bin': randomBytes(150_000).toString('base64') };
/** Code of a release that starts and is not well. */
export const ILL = `export async function register() {}\nexport const health = () => ({ ok: false, message: 'no disk' });`;

/** The points of these steps, in the order a job comes by them. */
export function pointsOf(...steps: string[]): FaultPoint[] {
  return FAULT_POINTS.filter((point) => steps.some((step) => point.startsWith(`${step}.`)));
}

/** A shop in a process that can be killed, its hub, and what must be true of both afterwards. */
export class MortalShop {
  private constructor(
    private readonly hub: FakeHub,
    readonly tenant: MortalTenant,
  ) {}

  static async start(): Promise<MortalShop> {
    const hub = await new FakeHub().start();
    return new MortalShop(hub, await MortalTenant.start(hub));
  }

  /** Has the hub offer a release of `@acme/{id}`. */
  async release(id: string, version: string, code?: string): Promise<void> {
    this.hub.releases.push(await aRelease({ id, version, files: BALLAST, ...(code ? { code } : {}) }));
  }

  install(id: string): Promise<void> {
    return this.tenant.ask('POST', '/admin/plugins/install', { marketplace_id: `@acme/${id}` });
  }

  update(id: string): Promise<void> {
    return this.tenant.ask('POST', `/admin/plugins/${id}/update`, {});
  }

  remove(id: string): Promise<void> {
    return this.tenant.ask('DELETE', `/admin/plugins/${id}?data=drop`);
  }

  /** Releases a plugin and installs it. */
  async has(id: string, version: string): Promise<void> {
    await this.release(id, version);
    await this.install(id);
    await this.tenant.settled();
  }

  /** Has the process die when its work on a package reaches a point, starts it again, and waits for all jobs. */
  async cutOff(point: FaultPoint, id: string, work: () => Promise<unknown>[]): Promise<void> {
    await this.tenant.doomAt(point, `@acme/${id}`);
    await Promise.all(work());
    await this.tenant.death();
    await this.tenant.restart();
    await this.tenant.settled();
  }

  /** Whole, and in line with the database: no half release, no stray file, one process a plugin, and it answers. */
  async expectSound(versions: Record<string, string>): Promise<void> {
    const { tenant } = this;
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
  }

  async stop(): Promise<void> {
    await this.tenant.stop();
    await this.hub.stop();
  }
}
