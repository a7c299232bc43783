import { type SandboxConfig } from './config/config.js';
import { type Store } from './store/store.js';
import { type Work } from './store/work.js';

/** Who asks for a change: an API request with its idempotency key, or nobody. */
export interface Origin {
  readonly id: string | null;
  readonly key: string | null;
}

const NOBODY: Origin = { id: null, key: null };

/** What the parts of a running sandbox share. */
export class Runtime {
  /** Set once the port is known. */
  publicUrl = '';

  constructor(
    readonly config: SandboxConfig,
    readonly store: Store,
    readonly nowMs: () => number,
  ) {}

  /** Runs one use case: everything it writes is kept together, or nothing is. */
  change<T>(useCase: (work: Work) => T, origin: Origin = NOBODY): T {
    return this.store.change(() => useCase(this.work(origin)));
  }

  private work({ id, key }: Origin): Work {
    const nowMs = this.nowMs();
    return {
      store: this.store,
      now: Math.floor(nowMs / 1000),
      nowMs,
      request: { id, idempotency_key: key },
      publicUrl: this.publicUrl,
      settleDelayMs: this.config.settleDelayMs,
      taxPercent: this.config.taxPercent,
    };
  }
}
