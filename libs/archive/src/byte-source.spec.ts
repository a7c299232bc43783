import { Readable } from 'node:stream';
import { openZip } from './byte-source.js';
import { readArchive } from './index.js';
import { writeRawZip } from './hostile-zip.js';

it('passes on what the system says of a read', async () => {
  const source = {
    sizeBytes: 100,
    read: () => {
      throw new Error('EIO');
    },
    stream: () => Readable.from([]),
  };
  await expect(openZip(source)).rejects.toThrow('EIO');
});

it('lets others have their turn while it reads an archive of many entries', async () => {
  let turns = 0;
  let isReading = true;
  const takeTurn = () => {
    turns += 1;
    if (isReading) setImmediate(takeTurn);
  };
  setImmediate(takeTurn);
  const entries = Array.from({ length: 1_000 }, (_, i) => ({ name: `f${i}`, data: Buffer.from('x') }));
  await readArchive(writeRawZip(entries));
  isReading = false;
  expect(turns).toBeGreaterThan(8);
});
