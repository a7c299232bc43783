import { pipeline, type Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync, type InflateRaw } from 'node:zlib';
import { ArchiveError } from './archive-error.js';
import { type ByteSource } from './byte-source.js';

/** Where the bytes of an entry are, and what its headers say they unpack to. */
export interface PackedEntry {
  readonly path: string;
  readonly dataStart: number;
  readonly packedSize: number;
  readonly size: number;
  readonly crc32: number;
  /** Not compressed. */
  readonly isStored: boolean;
}

/** With `info` the result says how much of the input was used, which the types leave out. */
const inflateWhole = inflateRawSync as unknown as (
  packed: Buffer,
  options: object,
) => { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/**
 * Unpacks one entry chunk by chunk and believes none of its headers: it stops at the first byte beyond the declared size,
 * and when the data ends it compares size, checksum and the number of packed bytes that were used.
 *
 * @throws {ArchiveError} HEADER_MISMATCH or CRC_MISMATCH, possibly after chunks were handed out
 */
export async function* unpack(source: ByteSource, entry: PackedEntry): AsyncGenerator<Buffer, void> {
  const packed = source.stream(entry.dataStart, entry.packedSize);
  const inflater = entry.isStored ? null : createInflateRaw();
  let size = 0;
  let checksum = 0;
  for await (const chunk of chunksOf(packed, inflater, entry)) {
    size += chunk.length;
    if (size > entry.size) throw lying(entry);
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (size !== entry.size || (inflater && inflater.bytesWritten !== entry.packedSize)) throw lying(entry);
  if (checksum !== entry.crc32) throw damaged(entry);
}

/**
 * Unpacks one entry in one piece and at once, with the checks of `unpack`; for small ones, which streams would make several times
 * slower. No more memory is taken than the header declares; what is returned is valid until the next call.
 *
 * @throws {ArchiveError} HEADER_MISMATCH or CRC_MISMATCH
 */
export function unpackNow(source: ByteSource, entry: PackedEntry): Buffer {
  const packed = source.read(entry.dataStart, entry.packedSize);
  const content = entry.isStored ? packed : inflated(packed, entry);
  if (content.length !== entry.size) throw lying(entry);
  if (crc32(content) !== entry.crc32) throw damaged(entry);
  return content;
}

function inflated(packed: Buffer, entry: PackedEntry): Buffer {
  // One byte more than declared: room to see that the data ends there, in one step.
  const room = entry.size + 1;
  const options = { info: true, maxOutputLength: room, chunkSize: Math.max(64, room) };
  let whole;
  try {
    whole = inflateWhole(packed, options);
  } catch (cause) {
    const isTooMuch = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooMuch ? lying(entry, cause) : damaged(entry, cause);
  }
  if (whole.engine.bytesWritten !== entry.packedSize) throw lying(entry);
  return whole.buffer;
}

async function* chunksOf(
  packed: Readable,
  inflater: InflateRaw | null,
  entry: PackedEntry,
): AsyncGenerator<Buffer, void> {
  const chunks = inflater ? pipeline(packed, inflater, () => undefined) : packed;
  try {
    yield* chunks as AsyncIterable<Buffer>;
  } catch (cause) {
    throw damaged(entry, cause);
  }
}

function lying({ path }: PackedEntry, cause?: unknown): ArchiveError {
  return new ArchiveError('HEADER_MISMATCH', 'An entry is not as large as its header says.', { path, cause });
}

function damaged({ path }: PackedEntry, cause?: unknown): ArchiveError {
  return new ArchiveError('CRC_MISMATCH', 'An entry is damaged.', { path, cause });
}
