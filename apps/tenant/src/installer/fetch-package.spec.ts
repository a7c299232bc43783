import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@hansa/trust';
import { fetchPackage, readPackageUrl } from './fetch-package.js';

const HUB = 'http://hub.example:4000';

describe(readPackageUrl, () => {
  it.each([
    ['the hub itself', `${HUB}/bytes/1?sig=2`],
    ['a path on the hub', '/bytes/1'],
    ['another host over TLS', 'https://cdn.example/1'],
  ])('accepts %s', (_: string, url: string) => {
    expect(readPackageUrl(url, HUB)).toBeInstanceOf(URL);
  });

  it.each([
    'http://elsewhere.example/1',
    'http://hub.example:4001/1',
    'file:///etc/passwd',
    'ftp://hub.example/1',
    'https://user:pw@cdn.example/1',
    'http://',
  ])('refuses %s', (url) => {
    expect(() => readPackageUrl(url, HUB)).toThrow(expect.objectContaining({ code: 'URL_REFUSED' }));
  });
});

describe(fetchPackage, () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'fetch-'))));
  afterEach(() => rm(folder, { recursive: true }));

  /** A body far longer than any limit here, and how much of it was read. */
  const tooLong = () => {
    const read = { chunks: 0 };
    const pull = (stream: ReadableStreamDefaultController<Uint8Array>) => {
      read.chunks += 1;
      if (read.chunks > 100) stream.close();
      else stream.enqueue(new Uint8Array(1_000));
    };
    return { read, fetch: async () => new Response(new ReadableStream({ pull })) };
  };
  const order = (sizeBytes: number | undefined, maxBytes = 100_000) => ({
    url: new URL(HUB),
    sizeBytes,
    maxBytes,
    file: join(folder, 'p.zip'),
    onProgress: async () => undefined,
  });

  it('hashes what it writes', async () => {
    const bytes = Buffer.from('a package');
    const got = await fetchPackage(async () => new Response(bytes), order(bytes.length));
    expect(got).toEqual({ sha256: sha256Hex(bytes), sizeBytes: bytes.length });
    expect((await stat(join(folder, 'p.zip'))).size).toBe(bytes.length);
  });

  it.each([
    ['the size the hub named', 5_000, 'SIZE_MISMATCH'],
    ['the size this shop accepts', undefined, 'PACKAGE_TOO_LARGE'],
  ])('stops reading at %s', async (_: string, size: number | undefined, code: string) => {
    const { fetch, read } = tooLong();
    await expect(fetchPackage(fetch, order(size, 9_000))).rejects.toMatchObject({ code });
    expect(read.chunks).toBeLessThan(15);
    expect(await readdir(folder)).not.toContain('p.zip');
  });

  it('asks for nothing that is said to be too large', async () => {
    const { fetch, read } = tooLong();
    await expect(fetchPackage(fetch, order(100_001))).rejects.toMatchObject({ code: 'PACKAGE_TOO_LARGE' });
    expect(read.chunks).toBe(0);
  });

  it.each([403, 404, 500])('may be tried again after status %i', async (status) => {
    const answer = async () => new Response('', { status });
    await expect(fetchPackage(answer, order(1))).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });
});
