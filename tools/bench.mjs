/** `npm run bench`: the hot paths against the least that could answer them, as ratios of one run. */
import { parseArgs } from 'node:util';
import { fail, prepare } from './prepare.mjs';

const BENCHMARKS = ['feed', 'updates', 'license', 'composer', 'tokens'];
const USAGE = `npm run bench [-- [${BENCHMARKS.join(' | ')}] --packages 500 --releases 1500 --seconds 4]

Each row is measured by turns with its base line, three times, 32 connections; the median ratio counts. Machines are noisy: compare
ratios, never figures of two runs. The exit code says whether every bar was met.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    packages: { type: 'string', default: '500' },
    releases: { type: 'string', default: '1500' },
    seconds: { type: 'string', default: '4' },
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
const { startHub } = await import('../bench/lib/hub.mjs');
const size = { packages: Number(values.packages), releases: Number(values.releases) };
process.stdout.write(`  … a hub with ${size.packages} packages and ${size.releases} releases\n`);
const hub = await startHub(size);
const rows = [];
try {
  for (const name of positionals.length > 0 ? positionals : BENCHMARKS) {
    process.stdout.write(`  … ${name}\n`);
    const { run } = await import(`../bench/${name}.mjs`);
    rows.push(...(await run({ hub, seconds: Number(values.seconds) })));
  }
  print(rows, hub.memory());
} finally {
  await hub.stop();
}
process.exitCode = rows.every(({ ratio, bar }) => bar === undefined || ratio >= bar) ? 0 : 1;

function print(results, memory) {
  const line = (name, base, own, ratio, bar) =>
    `${name.padEnd(34)}${base.padStart(12)}${own.padStart(12)}${ratio.padStart(8)}${bar.padStart(7)}\n`;
  process.stdout.write(`\n${line('', 'base/s', 'hub/s', 'ratio', 'bar')}`);
  for (const { name, base, own, ratio, bar } of results) {
    process.stdout.write(
      line(name, Math.round(base).toString(), Math.round(own).toString(), ratio.toFixed(2), bar?.toFixed(2) ?? ''),
    );
  }
  process.stdout.write(`\nHub memory after the load: ${memory.toFixed(0)} MiB resident (bar: 250)\n`);
}
