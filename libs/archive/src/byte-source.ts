import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fromBufferPromise, fromFd, type Options, type ZipFile } from 'yauzl';

/** Names stay bytes and sizes stay as declared: this library decides about both, with its own codes. */
const OPTIONS: Options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false, autoClose: false };

/** An archive on disk or in memory, open for one piece of work. */
export interface ByteSource {
  readonly sizeBytes: number;
  readonly read: (position: number, length: number) => Promise<Buffer>;
  /** The same at once: for a thread that has nothing else to do. */
  readonly readNow: (position: number, length: number) => Buffer;
  readonly stream: (position: number, length: number) => Readable;
  /** Hands the bytes to the zip reader, which finds the central directory. */
  readonly openZip: () => Promise<ZipFile>;
}

/** Opens an archive, does `work` and closes it, whatever happens. */
export async function withSource<T>(file: string | Buffer, work: (source: ByteSource) => Promise<T>): Promise<T> {
  if (typeof file !== 'string') {
    return work({
      sizeBytes: file.length,
      read: (position, length) => Promise.resolve(file.subarray(position, position + length)),
      readNow: (position, length) => file.subarray(position, position + length),
      stream: (position, length) => Readable.from([file.subarray(position, position + length)]),
      openZip: () => fromBufferPromise(file, OPTIONS),
    });
  }
  const handle = await open(file, 'r');
  try {
    return await work({
      sizeBytes: (await handle.stat()).size,
      read: async (position, length) => {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
        return buffer.subarray(0, bytesRead);
      },
      readNow: (position, length) => {
        const buffer = Buffer.allocUnsafe(length);
        return buffer.subarray(0, readSync(handle.fd, buffer, 0, length, position));
      },
      stream: (position, length) =>
        length === 0
          ? Readable.from([])
          : handle.createReadStream({ start: position, end: position + length - 1, autoClose: false }),
      openZip: () =>
        new Promise((resolve, reject) => {
          fromFd(handle.fd, OPTIONS, (error, zip) => (error ? reject(error) : resolve(zip)));
        }),
    });
  } finally {
    await handle.close();
  }
}
