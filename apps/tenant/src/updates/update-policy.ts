import { createHash } from 'node:crypto';
import type { Update } from '@hansa/contracts';
import semver from 'semver';

export type UpdateDecision = 'automatic' | 'ask' | 'wait';

/** Buckets of a rollout, one a percent. */
const BUCKETS = 100;

/**
 * What to do about an update: patch and minor by themselves, a major step asks the merchant (federation.md §8), and a staged
 * rollout that has not reached this shop waits. A security fix waits for no rollout.
 */
export function decisionFor(update: Update, instanceId: string): UpdateDecision {
  const isMajor = semver.major(update.latest) !== semver.major(update.current);
  if (isMajor || update.breaking || update.auto_update === false) return 'ask';
  const { rollout, security } = update;
  return rollout && !security && bucketOf(rollout.seed, instanceId) >= rollout.percent ? 'wait' : 'automatic';
}

/** The shop's place in a rollout, 0–99: its own secret until it tells, and another one for each seed. */
export function bucketOf(seed: string, instanceId: string): number {
  return createHash('sha256').update(`${seed}:${instanceId}`).digest().readUInt32BE() % BUCKETS;
}
