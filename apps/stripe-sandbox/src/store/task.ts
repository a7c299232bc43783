import { newId } from './ids.js';
import { type Work } from './work.js';

export type TaskKind = 'advance-clock' | 'deliver-event' | 'expire-checkout' | 'renew-subscription' | 'settle-payment';

/** Something to do at a time. It is kept until it is done, so a restart does what the last run owed. */
export interface Task {
  readonly id: string;
  readonly kind: TaskKind;
  /** Id of what it is about. */
  readonly subject: string;
  readonly atMs: number;
}

/** Promises that `kind` is done for `subject` at `atMs` or, if the sandbox is down then, at its next start. */
export function schedule(work: Work, kind: TaskKind, subject: string, atMs: number): void {
  work.store.put('task', { id: newId('task'), kind, subject, atMs });
}
