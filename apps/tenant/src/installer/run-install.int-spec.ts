import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { aRelease, FakeHub, startTenant, type TestTenant } from '#test';
import type { InstallStep } from './install-steps.js';
import { RunInstallJob } from './run-install.job.js';

const ORDER: readonly InstallStep[] = ['requested', 'fetched', 'verified', 'staged', 'switched', 'healthy'];

describe(RunInstallJob.name, () => {
  let hub: FakeHub;
  let tenant: TestTenant;
  let jobs: RunInstallJob;
  beforeEach(async () => {
    hub = await new FakeHub().start();
    tenant = await startTenant({ hub, worker: false });
    jobs = tenant.app.get(RunInstallJob);
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
  });

  const order = async (path = '/admin/plugins/install', body: object = { marketplace_id: '@acme/hello' }) =>
    (await tenant.admin('POST', path, body)).body.job.id as string;
  const stepOf = (jobId: string) =>
    tenant.dataSource
      .query('SELECT step FROM install_jobs WHERE id = $1', [jobId])
      .then(([{ step }]) => step as InstallStep);
  const takeStepsTo = async (jobId: string, step: InstallStep) => {
    while ((await stepOf(jobId)) !== step) await jobs.takeStep(jobId);
  };
  /** Undoes what the last commit wrote, as if the process had died with the work done and the commit not. */
  const loseCommit = async (jobId: string, step: InstallStep, before: InstallStep) => {
    await tenant.dataSource.query('DELETE FROM install_steps WHERE job_id = $1 AND step = $2', [jobId, step]);
    await tenant.dataSource.query('UPDATE install_jobs SET step = $2, finished_at = NULL WHERE id = $1', [
      jobId,
      before,
    ]);
  };
  const expectInstalled = async (jobId: string, version: string) => {
    expect(await stepOf(jobId)).toBe('healthy');
    expect((await tenant.admin('GET', '/plugins/hello/hello')).body).toEqual({ hello: 'world', version });
    const files = await readdir(join(tenant.dataDir, 'plugins', 'incoming'));
    expect(files).toEqual([]);
    const steps = await tenant.dataSource.query('SELECT step FROM install_steps WHERE job_id = $1 ORDER BY at', [
      jobId,
    ]);
    expect(steps.map(({ step }: { step: string }) => step)).toEqual(ORDER);
  };

  it.each(ORDER.slice(0, -1))('goes on after a process that died at %s', async (step) => {
    hub.releases.push(await aRelease());
    const jobId = await order();
    await takeStepsTo(jobId, step);
    await jobs.run({ jobId });
    await expectInstalled(jobId, '1.0.0');
  });

  it.each(ORDER.slice(1, -1).map((step, i) => [step, ORDER[i]!] as const))(
    'does the work again when the commit of %s was lost',
    async (step, before) => {
      hub.releases.push(await aRelease());
      const jobId = await order();
      await takeStepsTo(jobId, step);
      await loseCommit(jobId, step, before);
      await jobs.run({ jobId });
      await expectInstalled(jobId, '1.0.0');
    },
  );

  it.each(ORDER.slice(0, -1))(
    'keeps the old release running through an update that died at %s, then finishes it',
    async (step) => {
      hub.releases.push(await aRelease());
      await jobs.run({ jobId: await order() });
      hub.releases.push(await aRelease({ version: '1.1.0' }));
      const jobId = await order('/admin/plugins/hello/update', {});
      await takeStepsTo(jobId, step);
      expect((await tenant.admin('GET', '/plugins/hello/hello')).status).toBe(200);
      await jobs.run({ jobId });
      await expectInstalled(jobId, '1.1.0');
    },
  );

  it('does nothing when a job that is done is run again, or two run at the same time', async () => {
    hub.releases.push(await aRelease());
    const jobId = await order();
    await Promise.allSettled([jobs.run({ jobId }), jobs.run({ jobId })]);
    await jobs.run({ jobId });
    expect(await stepOf(jobId)).toBe('healthy');
    expect(await tenant.dataSource.query('SELECT name FROM shop_events')).toHaveLength(1);
  });

  it('tries again while the hub is away, and gives up with a code in the end', async () => {
    hub.releases.push(await aRelease());
    const jobId = await order();
    hub.isAway = true;
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await expect(jobs.run({ jobId })).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    }
    await jobs.run({ jobId });
    const { body } = await tenant.admin('GET', `/admin/plugins/jobs/${jobId}`);
    expect(body).toMatchObject({ outcome: 'failed', code: 'HUB_UNREACHABLE' });
  });
});
