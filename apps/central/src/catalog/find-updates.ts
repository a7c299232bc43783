import { isAffected, type Advisory, type Channel, type DeprecationNotice, type Update } from '@hansa/contracts';
import { majorOf, semverSortKey } from './semver-sort-key.js';

/** What is kept in memory of a published release. Keys are `semverSortKey`s. */
export interface IndexedRelease {
  readonly id: string;
  readonly version: string;
  readonly key: string;
  readonly minPlatformKey: string;
  readonly maxPlatformKey: string | null;
  readonly channel: Channel;
  readonly security: boolean;
  readonly sha256: string;
  readonly rolloutPercent: number;
}

/** A package, its published releases, highest version first, and what is said about it. */
export interface IndexedPackage {
  readonly id: string;
  readonly marketplaceId: string;
  readonly releases: readonly IndexedRelease[];
  readonly deprecated: DeprecationNotice | null;
  /** Without those withdrawn. */
  readonly advisories: readonly Advisory[];
}

/** What a shop accepts. */
export interface Wanted {
  readonly channel: Channel;
  readonly platformKey: string | undefined;
}

/** Channels a shop on each channel takes releases from: the wilder include the tamer. */
export const CHANNELS_FOR: Readonly<Record<Channel, readonly Channel[]>> = {
  stable: ['stable'],
  beta: ['stable', 'beta'],
  alpha: ['stable', 'beta', 'alpha'],
};

/** The highest release such a shop can run, if there is one. */
export function highestFor(releases: readonly IndexedRelease[], wanted: Wanted): IndexedRelease | undefined {
  return releases.find((release) => suits(release, wanted));
}

/** What a shop on version `current` may move to, or undefined when there is nothing higher it can run. */
export function updateFor(
  { marketplaceId, releases, advisories }: IndexedPackage,
  current: string,
  wanted: Wanted,
  hubUrl: string,
): Update | undefined {
  const currentKey = semverSortKey(current);
  const latest = highestFor(releases, wanted);
  if (!latest || latest.key <= currentKey) return undefined;
  const breaking = majorOf(latest.version) !== majorOf(current);
  return {
    marketplace_id: marketplaceId,
    current,
    latest: latest.version,
    changelog_url: `${hubUrl}/store/marketplace/feed/${marketplaceId}`,
    breaking,
    security: mendsSomething(releases, currentKey, latest.key) || leavesBehind(advisories, current, latest.version),
    auto_update: !breaking,
    sha256: latest.sha256,
    rollout: { percent: latest.rolloutPercent, seed: latest.id },
  };
}

/** What is known to be wrong with one version of a package. */
export function advisoriesFor({ advisories }: IndexedPackage, version: string): Advisory[] {
  return advisories.filter((advisory) => isAffected(advisory, version));
}

/** Whether one version has a flaw that another is free of. */
function leavesBehind(advisories: readonly Advisory[], from: string, to: string): boolean {
  return advisories.some((advisory) => isAffected(advisory, from) && !isAffected(advisory, to));
}

/** Whether any step on the way closes a hole, not only the last one. */
function mendsSomething(releases: readonly IndexedRelease[], above: string, upTo: string): boolean {
  return releases.some(({ key, security }) => security && key > above && key <= upTo);
}

function suits({ channel, minPlatformKey, maxPlatformKey }: IndexedRelease, wanted: Wanted): boolean {
  if (!CHANNELS_FOR[wanted.channel].includes(channel)) return false;
  const { platformKey } = wanted;
  if (platformKey === undefined) return true;
  return minPlatformKey <= platformKey && (maxPlatformKey === null || platformKey <= maxPlatformKey);
}
