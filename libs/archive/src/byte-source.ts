import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Options, type ZipFile } from 'yauzl';

/** Names stay bytes and sizes stay as declared: this library decides about both, with its own codes. */
const OPTIONS: Options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false, autoClose: false };
/** After so many reads, a few milliseconds, others get their turn. */
const READS_IN_A_TURN = 256;

/** An archive on disk or in memory, open for one piece of work. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Valid until the next call. At once: handing a few bytes to other threads takes longer than reading them. */
  readonly read: (position: number, length: number) => Buffer;
  readonly stream: (position: number, length: number) => Readable;
}

/** Opens an archive, does `work` and closes it, whatever happens. */
export async function withSource<T>(file: string | Buffer, work: (source: ByteSource) => Promise<T>): Promise<T> {
  if (typeof file !== 'string') {
    return work({
      sizeBytes: file.length,
      read: (position, length) => file.subarray(position, position + length),
      stream: (position, length) => Readable.from([file.subarray(position, position + length)]),
    });
  }
  const handle = await open(file, 'r');
  let room = Buffer.alloc(0);
  try {
    return await work({
      sizeBytes: (await handle.stat()).size,
      read: (position, length) => {
        if (room.length < length) room = Buffer.allocUnsafeSlow(length);
        return room.subarray(0, readSync(handle.fd, room, 0, length, position));
      },
      stream: (position, length) =>
        length === 0
          ? Readable.from([])
          : handle.createReadStream({ start: position, end: position + length - 1, autoClose: false }),
    });
  } finally {
    await handle.close();
  }
}

/** Hands the bytes to the zip reader, which finds the central directory. */
export function openZip(source: ByteSource): Promise<ZipFile> {
  return fromRandomAccessReaderPromise(new SourceReader(source), source.sizeBytes, OPTIONS);
}

/** The zip reader asks for 30 bytes here and 50 there. */
class SourceReader extends RandomAccessReader {
  private reads = 0;

  constructor(private readonly source: ByteSource) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    let answer: () => void;
    try {
      const bytesRead = this.source.read(position, length).copy(buffer, offset);
      answer = () => callback(null, bytesRead);
    } catch (cause) {
      answer = () => callback(cause as Error);
    }
    this.reads += 1;
    if (this.reads % READS_IN_A_TURN === 0) setImmediate(answer);
    else answer();
  }
}
