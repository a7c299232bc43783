import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { largePackage, smallPackage } from './lib/packages.mjs';
import { openShop } from './lib/shop.mjs';

const ROUNDS = 5;
const PLUGINS = 50;
const MIB = 1_024 * 1_024;

/**
 * One 100 MiB package, verified and installed, against `sha256sum` and `unzip` of the same file; how much memory that takes; and how
 * soon a shop with fifty plugins answers. Times and memory, so less is better.
 */
export async function run() {
  const shop = await openShop();
  try {
    const packages = join(shop.dir, 'packages');
    mkdirSync(packages);
    await shop.start();
    const large = await largePackage(packages);
    return [...(await installLarge(shop, large)), ...(await startWithMany(shop, packages))];
  } finally {
    await shop.close();
  }
}

async function installLarge(shop, large) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const base = unpackWithTools(shop, large.file);
    const before = shop.forgetPeak();
    const { steps } = await shop.install(large);
    const growth = shop.peak() - before;
    await shop.call('DELETE', '/admin/plugins/large?data=drop');
    // From the moment the package is on disk until the plugin runs, its own start included.
    const own = atOf(steps, 'healthy') - atOf(steps, 'fetched');
    rounds.push({ base, own, ratio: own / base, growth });
  }
  rounds.sort((a, b) => a.ratio - b.ratio);
  const { base, own, ratio } = rounds[Math.floor(ROUNDS / 2)];
  const growth = Math.max(...rounds.map((round) => round.growth));
  const name = `install ${(large.bytes / MIB).toFixed(0)} MiB ÷ sha256sum+unzip`;
  return [
    { name, unit: 'ms', base, own, ratio, atMost: 1.3 },
    { name: 'memory growth of that, worst', unit: 'MiB', base: 64, own: growth, ratio: growth / 64, atMost: 1 },
  ];
}

function unpackWithTools(shop, file) {
  const target = join(shop.dir, 'unzipped');
  const begun = performance.now();
  execFileSync('sha256sum', [file]);
  execFileSync('unzip', ['-q', file, '-d', target]);
  const took = performance.now() - begun;
  rmSync(target, { recursive: true });
  return took;
}

async function startWithMany(shop, packages) {
  for (let i = 0; i < PLUGINS; i += 1) await shop.install(await smallPackage(packages, `plugin-${i}`));
  const rounds = [];
  for (let round = 0; round < 3; round += 1) {
    await shop.stop();
    const ready = await shop.start();
    const begun = performance.now();
    await shop.until('all plugins run', async () => {
      const { items } = await shop.call('GET', '/admin/plugins?limit=100');
      return items.length === PLUGINS && items.every(({ state }) => state === 'running');
    });
    rounds.push({ ready, running: ready + performance.now() - begun });
  }
  rounds.sort((a, b) => a.ready - b.ready);
  // The quickest: whatever else the machine does only adds to it.
  const { ready, running } = rounds[0];
  const name = `ready with ${PLUGINS} plugins ÷ 3 s`;
  return [
    { name, unit: 'ms', base: 3_000, own: ready, ratio: ready / 3_000, atMost: 1 },
    { name: 'and until the last one runs', unit: 'ms', base: 3_000, own: running, ratio: running / 3_000 },
  ];
}

function atOf(steps, name) {
  return Date.parse(steps.find(({ step }) => step === name).at);
}
