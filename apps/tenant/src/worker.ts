import 'reflect-metadata';
import { tuneHeap } from '@hansa/platform';
import { createTenant, layGround, workOnJobs } from './bootstrap.js';
import { runRole } from './run-role.js';

tuneHeap();

await runRole(async () => {
  const ground = await layGround(process.env, 'tenant-worker');
  const app = await createTenant(ground);
  const worker = await workOnJobs(app, ground);
  ground.logger.info('worker is waiting for jobs');
  return async () => {
    await worker.stop();
    await app.close();
    await ground.postgres?.stop();
  };
});
