import 'reflect-metadata';
import { tuneHeap } from '@hansa/platform';
import { layGround } from './bootstrap.js';
import { runRole } from './run-role.js';
import { serve } from './serve.js';

tuneHeap();

await runRole(async () => {
  const ground = await layGround(process.env, 'tenant');
  try {
    return await serve(ground);
  } catch (error) {
    await ground.postgres?.stop();
    throw error;
  }
});
