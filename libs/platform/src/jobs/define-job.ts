export interface JobOptions {
  /** Tries before the job is given up and shown to operators. */
  readonly maxAttempts?: number;
  /** Runs by itself at these times (crontab, UTC). A job with a schedule has an empty payload then. */
  readonly cron?: string;
}

/** A kind of job: its name, what it carries, and how often it is tried. */
export interface JobKind<Payload extends object> extends JobOptions {
  readonly name: string;
  /** Only types: what `enqueue` takes and the handler gets. */
  readonly payload?: Payload;
}

const defined = new Map<string, JobKind<object>>();

/** Declares a kind of job. Lives with whoever enqueues it; the handler may live in a higher layer. */
export function defineJob<Payload extends object>(name: string, options: JobOptions = {}): JobKind<Payload> {
  if (defined.has(name)) throw new Error(`job ${name} is defined twice`);
  const kind: JobKind<Payload> = { name, ...options };
  defined.set(name, kind);
  return kind;
}

/** Every kind of job this program knows. */
export function definedJobs(): readonly JobKind<object>[] {
  return [...defined.values()];
}
