import { migrate } from '@hansa/platform';
import { createTenant, listen, openShop, startPlugins, workOnJobs, type Ground } from './bootstrap.js';

/** The whole tenant on its ground; what it gives back stops it. */
export async function serve(ground: Ground): Promise<() => Promise<void>> {
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
