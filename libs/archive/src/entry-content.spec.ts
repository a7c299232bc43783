import { withSource } from './byte-source.js';
import { unpack } from './entry-content.js';
import { writeRawZip } from './hostile-zip.js';

it('stops at the first chunk beyond the declared size, however much more there is', async () => {
  const bomb = writeRawZip([{ name: 'a', data: Buffer.alloc(50_000_000), both: { method: 8, size: 10 } }]);
  const received: number[] = [];
  const unpacking = withSource(bomb, async (source) => {
    const zip = await source.openZip();
    for await (const entry of zip.eachEntry())
      for await (const chunk of unpack(zip, entry, 'a')) received.push(chunk.length);
  });
  await expect(unpacking).rejects.toMatchObject({ code: 'HEADER_MISMATCH', path: 'a' });
  expect(received).toEqual([]);
});
