import 'reflect-metadata';
import { migrate } from '@hansa/platform';
import { createTenant, layGround, openShop, workOnJobs } from './bootstrap.js';
import { runRole } from './run-role.js';

await runRole(async () => {
  const ground = await layGround(process.env, 'tenant');
  await migrate(ground.dataSource);
  const app = await createTenant(ground);
  await openShop(app, ground);
  const { host, port } = ground.config.http;
  await app.listen(port, host);
  // After listening: the hub calls back while the shop registers.
  const worker = ground.config.worker.inProcess ? await workOnJobs(app, ground) : undefined;
  ground.logger.info({ url: ground.config.baseUrl, port, worker: worker !== undefined }, 'tenant is listening');
  return async () => {
    await worker?.stop();
    await app.close();
    await ground.postgres?.stop();
  };
});
