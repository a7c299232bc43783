import { useTestDatabase } from '#test';
import { InstallJob } from './install-job.entity.js';
import { advance, JobMovedOn } from './journal.js';

const NOW = new Date('2030-01-01T00:00:00Z');

describe(advance, () => {
  const database = useTestDatabase();
  const aJob = async () => {
    const job = {
      id: 'job_1',
      kind: 'install',
      marketplaceId: '@a/b',
      version: '1.0.0',
      paid: false,
      step: 'requested',
      createdAt: NOW,
    };
    await database.dataSource.manager.insert(InstallJob, job as object);
    return database.dataSource.manager.findOneByOrFail(InstallJob, { id: 'job_1' });
  };

  it('lets one of two processes take a job further', async () => {
    const job = await aJob();
    const take = () => database.dataSource.transaction((tx) => advance(tx, job, 'fetched', NOW));
    const outcomes = await Promise.allSettled([take(), take()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(JobMovedOn) });
  });

  it('refuses a step that does not follow', async () => {
    const job = await aJob();
    await expect(advance(database.dataSource.manager, job, 'switched', NOW)).rejects.toThrow('does not follow');
  });

  it('leaves room for one open job of a package', async () => {
    const job = await aJob();
    const second = Object.assign(new InstallJob(), job, { id: 'job_2' });
    await expect(database.dataSource.manager.insert(InstallJob, second as object)).rejects.toThrow(
      'install_jobs_one_open',
    );
  });
});
