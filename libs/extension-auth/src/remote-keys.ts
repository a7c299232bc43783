import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { parseJsonObject } from '@hansa/trust';
import { ExtensionAuthError } from './extension-auth-error.js';

export type SigningAlgorithm = 'ES256' | 'RS256';

/** What is needed of `fetch`. */
export type FetchKeys = (url: string, init: RequestInit) => Promise<Response>;

export interface RemoteKeysOptions {
  readonly url: string;
  readonly algorithm: SigningAlgorithm;
  /** The `typ` the keys are for; a key that names another is not used. */
  readonly typ: string;
  readonly fetch?: FetchKeys;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/** How long keys are good without asking again. */
const MAX_AGE_MS = 600_000;
/** The least time between two fetches, whatever the requests ask for: an unknown `kid` is anybody's to send. */
const COOLDOWN_MS = 30_000;
/** How much longer known keys are good while the endpoint is down. */
const STALE_MS = 300_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 65_536;
const MAX_KEYS = 100;
const MIN_RSA_BITS = 2_048;

/** The public keys of one marketplace, fetched from its JWKS and kept. */
export class RemoteKeys {
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private fetching: Promise<void> | undefined;
  private failure: unknown;
  private readonly now: () => number;

  constructor(private readonly options: RemoteKeysOptions) {
    refuseUnsafe(options.url);
    this.now = options.now ?? (() => performance.now());
  }

  /** The key called `kid`, without a promise when it is known and fresh: the warm path of every request. */
  fresh(kid: string): KeyObject | undefined {
    return this.now() - this.fetchedAt < MAX_AGE_MS ? this.keys.get(kid) : undefined;
  }

  /**
   * The key called `kid`; undefined when the marketplace has none. Requests that come while a fetch is under way share it.
   *
   * @throws {ExtensionAuthError} keys_unavailable when the keys cannot be had and the last ones are too old to go by
   */
  async find(kid: string): Promise<KeyObject | undefined> {
    if (this.fetching || this.now() - this.triedAt >= COOLDOWN_MS) await (this.fetching ??= this.refresh());
    const age = this.now() - this.fetchedAt;
    if (age < MAX_AGE_MS) return this.keys.get(kid);
    const known = age < MAX_AGE_MS + STALE_MS ? this.keys.get(kid) : undefined;
    if (known) return known;
    throw new ExtensionAuthError('keys_unavailable', 'The key set could not be fetched.', { cause: this.failure });
  }

  private async refresh(): Promise<void> {
    this.triedAt = this.now();
    try {
      this.keys = readKeys(await this.download(), this.options);
      this.fetchedAt = this.now();
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    } finally {
      this.fetching = undefined;
    }
  }

  private async download(): Promise<Uint8Array> {
    const { url, fetch: get = fetch } = this.options;
    const headers = { accept: 'application/json' };
    // A redirect could lead to keys of somebody else's choosing.
    const response = await get(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status !== 200) throw new Error(`The key set was answered with ${response.status}.`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new Error('The key set is too large.');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

/** Keys travel over https, or over http to this machine in development; the address comes from the settings, never from a request. */
function refuseUnsafe(url: string): void {
  const { protocol, hostname, username } = new URL(url);
  const isLocal = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if ((protocol !== 'https:' && !isLocal) || username !== '') throw new TypeError('The key set has an https address.');
}

/** Members of a set that may verify: public, for signatures, of the one algorithm and kind, and named once. The rest is ignored. */
function readKeys(bytes: Uint8Array, wanted: RemoteKeysOptions): Map<string, KeyObject> {
  const listed = parseJsonObject(bytes)?.keys;
  if (!Array.isArray(listed)) throw new Error('This is no key set.');
  const keys = new Map<string, KeyObject>();
  const ambiguous = new Set<string>();
  for (const jwk of (listed as Readonly<Record<string, unknown>>[]).slice(0, MAX_KEYS)) {
    const key = readKey(jwk, wanted);
    if (!key) continue;
    const kid = jwk.kid as string;
    if (keys.has(kid)) ambiguous.add(kid);
    keys.set(kid, key);
  }
  for (const kid of ambiguous) keys.delete(kid);
  return keys;
}

function readKey(
  jwk: Readonly<Record<string, unknown>> | null,
  { algorithm, typ }: RemoteKeysOptions,
): KeyObject | null {
  if (typeof jwk !== 'object' || jwk === null || typeof jwk.kid !== 'string' || jwk.kid.length > 128) return null;
  const isFitting =
    jwk.use === 'sig' &&
    (jwk.alg === undefined || jwk.alg === algorithm) &&
    (jwk.typ === undefined || jwk.typ === typ) &&
    !('d' in jwk) &&
    (algorithm === 'ES256' ? jwk.kty === 'EC' && jwk.crv === 'P-256' : jwk.kty === 'RSA');
  if (!isFitting) return null;
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return algorithm === 'RS256' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS ? null : key;
  } catch {
    return null;
  }
}
