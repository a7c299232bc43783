/** `npm run bench`: the hot paths against the least that could answer them, as ratios of one run. */
import { parseArgs } from 'node:util';
import { fail, prepare } from './prepare.mjs';

const OF_THE_HUB = ['feed', 'updates', 'license', 'composer', 'tokens', 'screens', 'market'];
const BENCHMARKS = [...OF_THE_HUB, 'install', 'metadata', 'publish'];
const USAGE = `npm run bench [-- [${BENCHMARKS.join(' | ')}] --packages 500 --releases 1500 --licenses 1000 --seconds 4 --soak 0]

--licenses fills the table of licenses to that many; with more than 1000, the p99 of verify is compared with that at 1000.

--soak keeps the Composer repository under load for that many seconds more and compares its memory then and before.

Each row is measured by turns with its base line, three times (install: five), 32 connections; the median ratio counts. Machines are noisy: compare
ratios, never figures of two runs. The exit code says whether every bar was met.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    packages: { type: 'string', default: '500' },
    releases: { type: 'string', default: '1500' },
    licenses: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '4' },
    soak: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const unknown = positionals.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) fail(`No benchmark is called ${unknown.join(', ')}. There are ${BENCHMARKS.join(', ')}.`);

await prepare();
const chosen = positionals.length > 0 ? positionals : BENCHMARKS;
const hub = chosen.some((name) => OF_THE_HUB.includes(name)) ? await startHub() : undefined;
const rows = [];
try {
  for (const name of chosen) {
    process.stdout.write(`  … ${name}\n`);
    const { run } = await import(`../bench/${name}.mjs`);
    const { seconds, soak, licenses } = values;
    rows.push(...(await run({ hub, seconds: Number(seconds), soak: Number(soak), licenses: Number(licenses) })));
  }
  print(rows);
  if (hub) process.stdout.write(`\nHub memory after the load: ${hub.memory().toFixed(0)} MiB resident (bar: 250)\n`);
} finally {
  await hub?.stop();
}
process.exitCode = rows.every(isMet) ? 0 : 1;

async function startHub() {
  const { startHub: start } = await import('../bench/lib/hub.mjs');
  const size = { packages: Number(values.packages), releases: Number(values.releases) };
  process.stdout.write(`  … a hub with ${size.packages} packages and ${size.releases} releases\n`);
  return start(size);
}

/** Rates have a bar they must reach, times and memory one they must not pass. */
function isMet({ ratio, bar = -Infinity, atMost = Infinity }) {
  return ratio >= bar && ratio <= atMost;
}

function print(results) {
  const line = (name, base, own, ratio, bar) =>
    `${name.padEnd(38)}${base.padStart(12)}${own.padStart(12)}${ratio.padStart(8)}${bar.padStart(8)}\n`;
  process.stdout.write(`\n${line('', 'base', 'own', 'ratio', 'bar')}`);
  for (const { name, base, own, ratio, bar, atMost, unit = '/s' } of results) {
    const figure = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
    const limit = bar === undefined ? (atMost === undefined ? '' : `≤ ${atMost}`) : `≥ ${bar}`;
    process.stdout.write(line(name, figure(base), figure(own), ratio.toFixed(2), limit));
  }
}
