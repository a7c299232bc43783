import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packDirectory } from '@hansa/archive';
import { measureSync } from './composer-sync.mjs';
import { compareWithRaw, rate } from './lib/load.mjs';

const OPS = fileURLToPath(new URL('../apps/central/dist/src/ops.js', import.meta.url));
const VERSIONS = 10;
const PLENTY = 100_000_000;
const SAMPLE_MS = 1_000;

/**
 * The Composer repository with scope, limit and audit on, against raw `node:http` sending the same bytes. Each row has a token
 * of its own, so that no limit is reached. With `soak`, also its memory under that many seconds of load. Then Git sources.
 */
export async function run({ hub, seconds, soak }) {
  const ops = (...args) =>
    JSON.parse(execFileSync(process.execPath, [OPS, ...args], { env: hub.env, encoding: 'utf8' }));
  const publisher = ops('create-publisher', '--name', 'Composer bench', '--namespace', '@acme');
  const { token: management } = ops('issue-management-token', '--name', 'bench', '--scopes', 'tokens:write');
  for (let minor = 0; minor < VERSIONS; minor += 1) await publish(hub.url, publisher.token, `1.${minor}.0`);

  const token = async () => {
    const body = {
      description: 'bench',
      permissions: 'readonly',
      allowed_package_prefixes: ['acme/'],
      rate_limit_max: PLENTY,
    };
    const made = await call(`${hub.url}/api/tokens`, management, 'application/json', JSON.stringify(body));
    return { authorization: `Bearer ${made.token}` };
  };
  const p2 = { url: `${hub.url}/p2/acme/seo-suite.json`, headers: await token() };
  const zipped = { url: p2.url, headers: { ...(await token()), 'accept-encoding': 'gzip' } };
  const held = await fetch(p2.url, { headers: p2.headers });
  const modified = held.headers.get('last-modified');
  const { packages } = await held.json();
  const known = { url: p2.url, headers: { ...p2.headers, 'if-modified-since': modified } };
  const dist = { url: packages['acme/seo-suite'][0].dist.url, headers: await token() };
  const root = { url: `${hub.url}/packages.json`, headers: await token() };
  const rows = [
    { name: 'composer p2', bar: 0.35, ...(await compareWithRaw(p2, seconds)) },
    { name: 'composer p2, gzip', bar: 0.35, ...(await compareWithRaw(zipped, seconds)) },
    { name: 'composer p2, 304', bar: 0.35, ...(await compareWithRaw(known, seconds)) },
    { name: 'composer root', bar: 0.35, ...(await compareWithRaw(root, seconds)) },
    { name: 'composer dist', bar: 0.4, ...(await compareWithRaw(dist, seconds)) },
  ];
  if (soak > 0) rows.push(await measureMemory(hub, { ...p2, headers: await token() }, soak));
  return [...rows, ...(await measureSync({ hub, ops, publisherId: publisher.id }))];
}

/** Memory of the hub in MiB under load: the median of the second quarter of the time against that of the last. */
async function measureMemory(hub, target, soak) {
  const samples = [];
  const sampling = setInterval(() => samples.push(hub.memory()), SAMPLE_MS);
  try {
    await rate(target, soak, 200);
  } finally {
    clearInterval(sampling);
  }
  const quarter = Math.floor(samples.length / 4);
  const median = (some) => some.sort((a, b) => a - b)[Math.floor(some.length / 2)];
  const [base, own] = [median(samples.slice(quarter, 2 * quarter)), median(samples.slice(-quarter))];
  return { name: `composer memory, ${soak} s`, base, own, unit: 'MiB', ratio: own / base, atMost: 1.1 };
}

export async function publish(url, token, version) {
  const root = mkdtempSync(join(tmpdir(), 'hansa-bench-'));
  try {
    mkdirSync(join(root, 'in'));
    const json = {
      name: 'acme/seo-suite',
      version,
      description: 'Bench',
      require: { php: '>=8.1' },
      autoload: { classmap: ['.'] },
    };
    writeFileSync(join(root, 'in', 'composer.json'), JSON.stringify(json));
    writeFileSync(join(root, 'in', 'Seo.php'), `<?php final class Seo { const VERSION = '${version}'; }\n`);
    await packDirectory(join(root, 'in'), join(root, 'out.zip'));
    await call(`${url}/publisher/composer/versions`, token, 'application/zip', readFileSync(join(root, 'out.zip')));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function call(url, token, type, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  const response = await fetch(url, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
