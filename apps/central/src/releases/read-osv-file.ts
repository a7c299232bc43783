import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { readArchive } from '@hansa/archive';

const MAX_ENTRY_BYTES = 4 * 1024 * 1024;
/** Of a whole ecosystem in one zip. */
const ZIP_LIMITS = { maxEntries: 1_000_000, maxPackedBytes: 2 ** 31, maxUnpackedBytes: 2 ** 34, maxRatio: 1_000 };

/** The entries of an OSV database file, one at a time: a zip of JSON files, one entry a line (`.ndjson`), or JSON. */
export async function* readOsvFile(file: string): AsyncGenerator<unknown, void> {
  if (file.endsWith('.zip')) {
    const archive = await readArchive(file, ZIP_LIMITS);
    for (const { path } of archive.entries) {
      if (path.endsWith('.json')) yield JSON.parse((await archive.read(path, MAX_ENTRY_BYTES)).toString('utf8'));
    }
  } else if (/\.(ndjson|jsonl)$/.test(file)) {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (line.trim() !== '') yield JSON.parse(line);
    }
  } else {
    const parsed = JSON.parse(await readFile(file, 'utf8')) as unknown;
    if (Array.isArray(parsed)) yield* parsed as unknown[];
    else yield parsed;
  }
}
