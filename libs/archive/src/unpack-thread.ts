import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveError } from './archive-error.js';
import { withSource } from './byte-source.js';
import { type UnpackOrder, type UnpackReport } from './extract-entries.js';
import { writeEntries } from './write-entries.js';

const { file, entries, root } = workerData as UnpackOrder;
const say = (report: UnpackReport) => parentPort?.postMessage(report);
try {
  await withSource(typeof file === 'string' ? file : Buffer.from(file), (source) =>
    writeEntries(source, entries, root, (written) => say({ written })),
  );
} catch (error) {
  if (!(error instanceof ArchiveError)) throw error;
  // An error loses its class on the way to the other thread.
  const { code, message, path } = error as ArchiveError;
  say({ refused: { code, message, path } });
}
