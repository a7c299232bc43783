import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { crc32, createInflateRaw, inflateRaw, type InflateRaw } from 'node:zlib';
import { type Entry, type ZipFile } from 'yauzl';
import { ArchiveError } from './archive-error.js';
import { type ByteSource } from './byte-source.js';

/** With `info` the result says how much of the input was used, which the types leave out. */
const inflateWhole = promisify(inflateRaw) as unknown as (
  packed: Buffer,
  options: object,
) => Promise<{ readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }>;

/**
 * Unpacks one entry chunk by chunk and believes none of its headers: it stops at the first byte beyond the declared size,
 * and when the data ends it compares size, checksum and the number of packed bytes that were used.
 *
 * @throws {ArchiveError} HEADER_MISMATCH or CRC_MISMATCH, possibly after chunks were handed out
 */
export async function* unpack(zip: ZipFile, entry: Entry, path: string): AsyncGenerator<Buffer, void> {
  const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false }).catch((cause: unknown) => {
    throw damaged(path, cause);
  });
  const inflater = entry.compressionMethod === 0 ? null : createInflateRaw();
  let size = 0;
  let checksum = 0;
  for await (const chunk of chunksOf(packed, inflater, path)) {
    size += chunk.length;
    if (size > entry.uncompressedSize) throw lying(path);
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (size !== entry.uncompressedSize || (inflater && inflater.bytesWritten !== entry.compressedSize))
    throw lying(path);
  if (checksum !== entry.crc32) throw damaged(path);
}

/**
 * Unpacks one entry in one piece, with the checks of `unpack`; for small ones, which streams would make several times slower. No more
 * memory is taken than the header declares.
 *
 * @throws {ArchiveError} HEADER_MISMATCH or CRC_MISMATCH
 */
export async function unpackWhole(source: ByteSource, entry: Entry, dataStart: number, path: string): Promise<Buffer> {
  const packed = await source.read(dataStart, entry.compressedSize);
  const content = entry.compressionMethod === 0 ? packed : await inflated(packed, entry, path);
  if (content.length !== entry.uncompressedSize) throw lying(path);
  if (crc32(content) !== entry.crc32) throw damaged(path);
  return content;
}

async function inflated(packed: Buffer, { uncompressedSize: size, compressedSize }: Entry, path: string) {
  // One byte more than declared: room to see that the data ends there, in one step.
  const room = size + 1;
  const options = { info: true, maxOutputLength: room, chunkSize: Math.max(64, room) };
  const { buffer, engine } = await inflateWhole(packed, options).catch((cause: unknown) => {
    const isTooMuch = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooMuch ? lying(path) : damaged(path, cause);
  });
  if (engine.bytesWritten !== compressedSize) throw lying(path);
  return buffer;
}

async function* chunksOf(packed: Readable, inflater: InflateRaw | null, path: string): AsyncGenerator<Buffer, void> {
  const chunks = inflater ? pipeline(packed, inflater, () => undefined) : packed;
  try {
    yield* chunks as AsyncIterable<Buffer>;
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function lying(path: string): ArchiveError {
  return new ArchiveError('HEADER_MISMATCH', 'An entry is not as large as its header says.', { path });
}

function damaged(path: string, cause?: unknown): ArchiveError {
  return new ArchiveError('CRC_MISMATCH', 'An entry is damaged.', { path, cause });
}
