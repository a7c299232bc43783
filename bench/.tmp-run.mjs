import 'reflect-metadata';
import { startHub } from './.tmp-hub.mjs';
const hub = await startHub({ packages: Number(process.argv[3] ?? 500), releases: Number(process.argv[4] ?? 1500) });
try {
  for (const name of process.argv[2].split(',')) {
    const { run } = await import(`./.tmp-b-${name}.mjs`);
    for (const r of await run({ hub, seconds: 3 }))
      console.log(r.name.padEnd(30), Math.round(r.base), Math.round(r.own), r.ratio.toFixed(2), r.bytes);
  }
  console.log('memory', hub.memory());
} finally {
  await hub.stop();
}
