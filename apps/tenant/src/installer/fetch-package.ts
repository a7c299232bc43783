import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { PackageRefused, PackageUnavailable } from './installer.errors.js';

export interface PackageOrder {
  readonly url: URL;
  /** What the hub said; undefined when it did not. */
  readonly sizeBytes: number | undefined;
  readonly maxBytes: number;
  /** Where the package goes; nothing is there until it is complete. */
  readonly file: string;
  readonly onProgress: (bytes: number) => Promise<void>;
  /** Called when every byte is on disk, under another name than `file` yet. */
  readonly onReceived?: () => void;
}

const TIMEOUT_MS = 10 * 60_000;

/** Where a package may come from: the hub itself, or anywhere over TLS. @throws {PackageRefused} URL_REFUSED */
export function readPackageUrl(text: string, hubUrl: string): URL {
  const url = URL.canParse(text, hubUrl) ? new URL(text, hubUrl) : null;
  const isTrusted = url?.origin === new URL(hubUrl).origin || url?.protocol === 'https:';
  // No credentials in the URL: they would end up in logs, and the hub has no use for them.
  if (!url || !isTrusted || url.username !== '' || url.password !== '') {
    throw new PackageRefused('URL_REFUSED', 'The hub named an address packages are not fetched from.');
  }
  return url;
}

/**
 * Streams a package to disk and hashes it on the way, in one pass. It stops at the first byte too many, so that neither a
 * lying hub nor a man in the middle can fill the disk.
 *
 * @throws {PackageRefused} SIZE_MISMATCH or PACKAGE_TOO_LARGE
 * @throws {PackageUnavailable}
 */
export async function fetchPackage(
  fetch: typeof globalThis.fetch,
  order: PackageOrder,
): Promise<{ sha256: string; sizeBytes: number }> {
  const { sizeBytes: expected, maxBytes } = order;
  if (expected !== undefined && expected > maxBytes) throw tooLarge();
  const response = await get(fetch, order.url);
  const partial = `${order.file}.part`;
  const hash = createHash('sha256');
  const file = await open(partial, 'w', 0o600);
  let received = 0;
  try {
    for await (const chunk of bytesOf(response)) {
      received += chunk.length;
      if (expected !== undefined && received > expected) throw sizeMismatch();
      if (received > maxBytes) throw tooLarge();
      hash.update(chunk);
      await file.writeFile(chunk);
      await order.onProgress(received);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (expected !== undefined && received !== expected) throw sizeMismatch();
  order.onReceived?.();
  await rename(partial, order.file);
  return { sha256: hash.digest('hex'), sizeBytes: received };
}

async function get(fetch: typeof globalThis.fetch, url: URL): Promise<Response> {
  // No redirects: the signed URL names the bytes, and another address has not been looked at.
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (cause: unknown) => {
      throw new PackageUnavailable('The package cannot be fetched.', { cause });
    },
  );
  if (response.status === 200) return response;
  await response.body?.cancel();
  throw new PackageUnavailable(`The package cannot be fetched: status ${response.status}.`);
}

async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  try {
    yield* (response.body ?? []) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new PackageUnavailable('The package stopped coming.', { cause });
  }
}

function sizeMismatch(): PackageRefused {
  return new PackageRefused('SIZE_MISMATCH', 'The package is not of the size the hub named.');
}

function tooLarge(): PackageRefused {
  return new PackageRefused('PACKAGE_TOO_LARGE', 'The package is larger than this shop accepts.');
}
