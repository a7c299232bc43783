import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentBytes } from './memory-watch.js';

describe(residentBytes.name, () => {
  let proc: string;

  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'hansa-proc-'));
  });
  afterEach(() => rmSync(proc, { recursive: true, force: true }));

  const status = (text: string) => {
    mkdirSync(join(proc, '7'));
    writeFileSync(join(proc, '7', 'status'), text);
  };
  const lie = () => Promise.resolve(1);

  it('takes the word of the system', async () => {
    status('Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  512 kB\n');
    await expect(residentBytes(7, lie, proc)).resolves.toBe(512 * 1024);
  });

  it('knows nothing of a process that ends', async () => {
    status('Name:\tnode\nState:\tZ (zombie)\n');
    await expect(residentBytes(7, lie, proc)).resolves.toBeUndefined();
  });

  it('asks the process where the system does not say', async () => {
    await expect(residentBytes(7, () => Promise.resolve(4096), proc)).resolves.toBe(4096);
    await expect(residentBytes(7, () => Promise.resolve('much'), proc)).resolves.toBeUndefined();
    await expect(residentBytes(7, () => Promise.reject(new Error('gone')), proc)).resolves.toBeUndefined();
  });
});
