/** The answer to a POST, kept for a day under its idempotency key. */
export interface SavedAnswer {
  /** The idempotency key. */
  readonly id: string;
  readonly path: string;
  /** Digest of the parameters: the same key with others is refused. */
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
  readonly atMs: number;
}
