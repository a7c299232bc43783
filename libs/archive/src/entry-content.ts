import { pipeline, type Readable } from 'node:stream';
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { type Entry, type ZipFile } from 'yauzl';
import { ArchiveError } from './archive-error.js';

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
