import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import { startHub } from './lib/hub.mjs';
import { largePackage, mediumPackage } from './lib/packages.mjs';

const TIMES = 5;
/** From the first byte of the upload until a shop sees it. */
const BAR_MS = 3_000;
/** What a hub may hold of 100 MiB that pass through it. */
const BAR_MEMORY = 0.25;
const LISTING = {
  name: 'Bench',
  type: 'admin-extension',
  summary: 'To measure with.',
  description: '# Bench',
  categories: [],
  license_kind: 'free',
  price_eur: 0,
};

/** How long it takes until what a publisher sends is in the feed, with automatic approval, and what it costs the hub in memory. */
export async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'hansa-bench-'));
  const hub = await startHub({ packages: 500, releases: 1_500 }, { AUTO_APPROVAL: 'true' });
  try {
    const publisher = await aVerifiedPublisher(hub);
    const times = [];
    for (let n = 0; n <= TIMES; n += 1)
      times.push(await publish(publisher, await mediumPackage(dir, `medium-${n}`), `medium-${n}`));
    const [, ...warm] = times.map(({ total }) => total);
    const own = warm.sort((a, b) => a - b)[Math.floor(TIMES / 2)];
    const large = await largePackage(dir);
    const grown = await growthDuring(hub, () => publisher.upload(large));
    const mib = large.bytes / 1024 ** 2;
    return [
      { name: 'publish 10 MiB until it is in the feed', base: BAR_MS, own, ratio: own / BAR_MS, atMost: 1, unit: 'ms' },
      {
        name: '  of that the upload',
        base: BAR_MS,
        own: times.at(-1).upload,
        ratio: times.at(-1).upload / BAR_MS,
        atMost: 1,
        unit: 'ms',
      },
      {
        name: 'memory while 100 MiB are uploaded',
        base: mib,
        own: grown,
        ratio: grown / mib,
        atMost: BAR_MEMORY,
        unit: 'MiB',
      },
    ];
  } finally {
    await hub.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function publish(publisher, made, id) {
  await publisher.send('PUT', `/publisher/packages/@bench/${id}`, LISTING);
  await publisher.addKey(made.key);
  const started = performance.now();
  await publisher.upload(made);
  const upload = performance.now() - started;
  await publisher.untilShown(id);
  return { upload, total: performance.now() - started };
}

async function aVerifiedPublisher({ url, key, ops, databaseUrl }) {
  const { id, token } = ops('create-publisher', '--name', 'Bench Writer', '--namespace', '@bench-writer');
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query('UPDATE publishers SET verified_at = now()');
  // The generated catalog has the namespace the packages are made for.
  await client.query('UPDATE publisher_namespaces SET verified_at = now(), publisher_id = $1', [id]);
  await client.end();
  const authorization = `Bearer ${token}`;
  const send = async (method, path, body) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  let known;
  return {
    send,
    async addKey(publicKey) {
      known ??= await send('POST', '/publisher/keys', { name: 'bench', public_key: JSON.stringify(publicKey) });
    },
    async upload({ file, signature, bytes }) {
      const headers = {
        authorization,
        'content-type': 'application/zip',
        'content-length': String(bytes),
        'x-release-signature': signature,
      };
      const body = Readable.toWeb(createReadStream(file));
      const response = await fetch(`${url}/publisher/releases`, { method: 'POST', headers, body, duplex: 'half' });
      const answer = await response.text();
      // The large one has no listing: all of it is taken, read and verified before that is looked at.
      if (response.status !== 201 && !answer.includes('LISTING_NOT_FOUND')) throw new Error(`upload: ${answer}`);
    },
    async untilShown(id) {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
        const page = await fetch(`${url}/store/marketplace/feed/@bench/${id}`, {
          headers: { 'x-publishable-api-key': key },
        });
        await page.arrayBuffer();
        if (page.status === 200) return;
        await new Promise((done) => setTimeout(done, 10));
      }
      throw new Error(`${id} was not published: see its findings`);
    },
  };
}

/** By how much the resident memory rises above where it was, in MiB. */
async function growthDuring(hub, work) {
  const before = hub.memory();
  let highest = before;
  const timer = setInterval(() => (highest = Math.max(highest, hub.memory())), 10);
  await work().finally(() => clearInterval(timer));
  return highest - before;
}
