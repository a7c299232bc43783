/**
 * The tenant as `main.ts` runs it, but mortal: told a point and a package, at start or over IPC, it kills itself there as `kill -9`
 * would. With ONLY_TO it reaches these addresses and no others, and tells of every way out it takes.
 */
import 'reflect-metadata';
import { Faults } from '#installer';
import { layGround } from '../../src/bootstrap.js';
import { serve } from '../../src/serve.js';
import { watchWaysOut } from './watch-ways-out.js';

interface Doom {
  readonly point: string;
  readonly marketplaceId: string;
}

let doom = process.argv[2] === undefined ? undefined : (JSON.parse(process.argv[2]) as Doom);
process.on('message', (sent: Doom) => {
  doom = sent;
  process.send?.('armed');
});

const onlyTo = process.env['ONLY_TO'];
if (onlyTo !== undefined) watchWaysOut(onlyTo.split(','), (way) => process.send?.(way));

const faults = new Faults((point, marketplaceId) => {
  if (point === doom?.point && marketplaceId === doom.marketplaceId) process.kill(process.pid, 'SIGKILL');
});
const ground = await layGround(process.env, 'mortal-tenant');
await serve({ ...ground, faults });
process.send?.('serving');
