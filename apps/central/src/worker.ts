import 'reflect-metadata';
import { runRole } from './run-role.js';
import { createHub, layGround, workOnJobs } from './bootstrap.js';
import { tuneHeapForLoad } from '@hansa/platform';

tuneHeapForLoad();

await runRole(async () => {
  const ground = await layGround(process.env, 'central-worker');
  const app = await createHub(ground);
  const worker = await workOnJobs(app, ground);
  ground.logger.info('worker is waiting for jobs');
  return async () => {
    await worker.stop();
    await app.close();
    await ground.postgres?.stop();
  };
});
