import 'reflect-metadata';
import { migrate } from '@hansa/platform';
import { createTenant, layGround, listen, openShop, startPlugins, workOnJobs, type Ground } from './bootstrap.js';
import { runRole } from './run-role.js';

await runRole(async () => {
  const ground = await layGround(process.env, 'tenant');
  try {
    return await serve(ground);
  } catch (error) {
    await ground.postgres?.stop();
    throw error;
  }
});

async function serve(ground: Ground): Promise<() => Promise<void>> {
  await migrate(ground.dataSource);
  const app = await createTenant(ground);
  await openShop(app, ground);
  await listen(app, ground);
  await startPlugins(app);
  // After listening: the hub calls back while the shop registers.
  const worker = ground.config.worker.inProcess ? await workOnJobs(app, ground) : undefined;
  const { baseUrl: url, http } = ground.config;
  ground.logger.info({ url, port: http.port, worker: worker !== undefined }, 'tenant is listening');
  return async () => {
    await worker?.stop();
    await app.close();
    await ground.postgres?.stop();
  };
}
