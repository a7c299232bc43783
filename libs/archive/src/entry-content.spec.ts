import { deflateRawSync } from 'node:zlib';
import { withSource } from './byte-source.js';
import { unpack, unpackNow } from './entry-content.js';

const bomb = deflateRawSync(Buffer.alloc(50_000_000));
const entry = { path: 'a', dataStart: 0, packedSize: bomb.length, size: 10, crc32: 0, isStored: false };

it('stops at the first chunk beyond the declared size, however much more there is', async () => {
  const received: number[] = [];
  const unpacking = withSource(bomb, async (source) => {
    for await (const chunk of unpack(source, entry)) received.push(chunk.length);
  });
  await expect(unpacking).rejects.toMatchObject({ code: 'HEADER_MISMATCH', path: 'a' });
  expect(received).toEqual([]);
});

it('takes no more memory for one piece than its header declares', async () => {
  const unpacking = withSource(bomb, (source) => Promise.resolve(unpackNow(source, entry)));
  await expect(unpacking).rejects.toMatchObject({ code: 'HEADER_MISMATCH', cause: { code: 'ERR_BUFFER_TOO_LARGE' } });
});
