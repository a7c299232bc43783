import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeTuf } from '@hansa/testing';
import { sha256Hex } from '@hansa/trust';

const CLIENT = new URL('./tuf-client.mjs', import.meta.url).pathname;
const NAME = '@acme/hello/1.0.0.zip';
const BYTES = Buffer.from('a released file');
const RELEASE = { marketplaceId: '@acme/hello', version: '1.0.0', zip: BYTES, sha256: sha256Hex(BYTES) };

describe('the tuf-client command', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let tuf: FakeTuf;
  let served: Buffer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hansa-tuf-client-'));
    tuf = new FakeTuf();
    tuf.release(RELEASE);
    served = BYTES;
    const target = `/targets/@acme/hello/${RELEASE.sha256}.1.0.0.zip`;
    server = createServer(({ url: path = '' }, response) => {
      const body = path === target ? served : tuf.files.get(path.slice('/metadata/'.length));
      response.writeHead(body ? 200 : 404).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeFile(join(folder, 'trusted.json'), tuf.files.get('1.root.json')!);
  });
  afterEach(async () => {
    await new Promise((done) => server.close(done));
    await rm(folder, { recursive: true });
  });

  const metadataDir = () => join(folder, 'metadata');
  const run = (...args: string[]): Promise<number | null> =>
    new Promise((done) =>
      spawn(process.execPath, [CLIENT, '--metadata-dir', metadataDir(), ...args]).on('close', done),
    );
  const refresh = () => run('--metadata-url', `${url}/metadata`, 'refresh');
  const download = (name = NAME) => {
    const target = [
      '--target-name',
      name,
      '--target-base-url',
      `${url}/targets`,
      '--target-dir',
      join(folder, 'targets'),
    ];
    return run('--metadata-url', `${url}/metadata`, ...target, 'download');
  };

  it('begins with a trusted root, refreshes and downloads', async () => {
    expect(await run('init', join(folder, 'trusted.json'))).toBe(0);
    expect(await refresh()).toBe(0);
    const { signed } = JSON.parse(await readFile(join(metadataDir(), 'timestamp.json'), 'utf8'));
    expect(signed.version).toBe(2);
    expect(await download()).toBe(0);
    expect(await readFile(join(folder, 'targets', encodeURIComponent(NAME)))).toEqual(BYTES);
  });

  it('fails without a root, on older metadata, on other bytes and on a target nobody released', async () => {
    expect(await refresh()).toBe(1);
    await run('init', join(folder, 'trusted.json'));
    const old = tuf.copy();
    tuf.sign();
    expect(await refresh()).toBe(0);
    const fresh = tuf.files;
    tuf.files = old;
    expect(await refresh()).toBe(1);
    tuf.files = fresh;
    served = Buffer.from('A released file');
    expect(await download()).toBe(1);
    expect(await download('@acme/other/1.0.0.zip')).toBe(1);
    await expect(readFile(join(folder, 'targets', encodeURIComponent(NAME)))).rejects.toThrow('ENOENT');
  });
});
