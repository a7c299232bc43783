import type { PublisherKey } from './publisher.entity.js';

/** Whether a key signs at `now`: not revoked, begun, not over. The end itself is too late. */
export function isLiveKey(key: Pick<PublisherKey, 'revokedAt' | 'validFrom' | 'validUntil'>, now: Date): boolean {
  if (key.revokedAt !== null) return false;
  if (key.validFrom !== null && key.validFrom > now) return false;
  return key.validUntil === null || key.validUntil > now;
}
