import { isAffected, runsOn, type Advisory, type ProductVersion, type Update } from '@hansa/contracts';
import semver from 'semver';
import type { UpdateCandidate } from './decide-update.js';

/** What the page of a package says: its versions, and what is known to be wrong with which of them. */
export interface Listed {
  readonly versions: readonly ProductVersion[];
  readonly advisories: readonly Advisory[];
}

/** Newest versions that are looked at and shown. */
const MOST_CANDIDATES = 20;

/**
 * What a package could be updated to, newest first: everything its page lists that is newer, not withdrawn and runs here. Without
 * a page only what the hub calls the latest, whose age nobody knows then.
 */
export function candidatesFor(update: Update, page: Listed | null, platformVersion: string): UpdateCandidate[] {
  const listed = page?.versions ?? [];
  const flaws = (page?.advisories ?? []).filter(({ withdrawn_at: withdrawnAt }) => withdrawnAt === undefined);
  const newer = listed.filter(
    (each) =>
      semver.gt(each.version, update.current) &&
      !each.yanked &&
      runsOn(platformVersion, { min: each.carphacom_min_version, max: each.carphacom_max_version }),
  );
  const candidates = newer.map((each) => candidateOf(each, update, flaws));
  const hasLatest = candidates.some(({ version }) => version === update.latest);
  const isWithdrawn = listed.some(({ version, yanked }) => version === update.latest && yanked);
  const all = hasLatest || isWithdrawn ? candidates : [...candidates, latestOf(update)];
  return all.sort((a, b) => semver.rcompare(a.version, b.version)).slice(0, MOST_CANDIDATES);
}

function candidateOf(listed: ProductVersion, update: Update, flaws: readonly Advisory[]): UpdateCandidate {
  const { version, channel, security } = listed;
  const isLatest = version === update.latest;
  const left = flaws.filter((flaw) => isAffected(flaw, update.current) && !isAffected(flaw, version));
  const taken = flaws.find((flaw) => isAffected(flaw, version) && !isAffected(flaw, update.current));
  const publishedAt = new Date(listed.published_at);
  return {
    version,
    publishedAt: Number.isNaN(publishedAt.getTime()) ? null : publishedAt,
    channel,
    security: security || left.length > 0,
    newFlaw: taken?.summary ?? null,
    // `breaking` of the page is about the version before it, which may not be the one installed here.
    breaking: isLatest && isRefusedByHub(update),
    rollout: (isLatest ? update.rollout : undefined) ?? listed.rollout ?? null,
  };
}

function latestOf(update: Update): UpdateCandidate {
  return {
    version: update.latest,
    publishedAt: null,
    channel: 'stable',
    // What the hub says about the whole way here is not what this one version is.
    security: false,
    newFlaw: null,
    breaking: isRefusedByHub(update),
    rollout: update.rollout ?? null,
  };
}

function isRefusedByHub({ breaking, auto_update: automatic }: Update): boolean {
  return breaking === true || automatic === false;
}
