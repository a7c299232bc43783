import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Large enough that hashing, not reading, is what takes the time. */
const CHUNK_BYTES = 512 * 1024;

/** SHA-256 (lower-case hex) and size of a file, read piece by piece into the same memory. */
export async function hashFile(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  const room = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let sizeBytes = 0;
  const handle = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await handle.read(room, 0, CHUNK_BYTES, sizeBytes);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), sizeBytes };
      hash.update(room.subarray(0, bytesRead));
      sizeBytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
