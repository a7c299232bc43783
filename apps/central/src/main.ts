import 'reflect-metadata';
import { runRole } from './run-role.js';
import { createHub, layGround, workOnJobs } from './bootstrap.js';
import { tuneHeapForLoad, migrate } from '@hansa/platform';

tuneHeapForLoad();

await runRole(async () => {
  const ground = await layGround(process.env, 'central');
  await migrate(ground.dataSource);
  const app = await createHub(ground);
  const worker = ground.config.worker.inProcess ? await workOnJobs(app, ground) : undefined;
  const { host, port } = ground.config.http;
  await app.listen(port, host);
  ground.logger.info({ url: ground.config.hubUrl, port, worker: worker !== undefined }, 'hub is listening');
  return async () => {
    await worker?.stop();
    await app.close();
    await ground.postgres?.stop();
  };
});
