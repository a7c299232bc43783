import type { Manifest } from '@hansa/contracts';
import semver from 'semver';

/** A plugin that is installed, as far as others are concerned. */
export interface Neighbor {
  readonly marketplaceId: string;
  readonly version: string;
  readonly manifest: Pick<Manifest, 'dependencies' | 'conflicts'>;
}

export interface Misfit {
  readonly code: 'DEPENDENCY_MISSING' | 'CONFLICT' | 'NEEDED_BY_OTHERS';
  readonly message: string;
}

/**
 * Why a release cannot be installed among the plugins that are there, or null: what it needs is missing, one of the two does not
 * want the other, or a plugin that needs it cannot live with this version. Disabled plugins count: they may be enabled again.
 */
export function misfitOf(release: Neighbor, installed: readonly Neighbor[]): Misfit | null {
  const others = installed.filter(({ marketplaceId }) => marketplaceId !== release.marketplaceId);
  return missingFor(release, others) ?? conflictOf(release, others) ?? brokenBy(release, others);
}

/** The plugins that need this one, if it goes. */
export function dependentsOf(marketplaceId: string, installed: readonly Neighbor[]): string[] {
  return installed
    .filter(({ manifest }) => Object.hasOwn(manifest.dependencies ?? {}, marketplaceId))
    .map((neighbor) => neighbor.marketplaceId)
    .filter((id) => id !== marketplaceId);
}

function missingFor({ manifest }: Neighbor, others: readonly Neighbor[]): Misfit | null {
  for (const [id, range] of Object.entries(manifest.dependencies ?? {})) {
    const found = others.find(({ marketplaceId }) => marketplaceId === id);
    if (found && admits(range, found.version)) continue;
    const state = found ? `${found.version} is installed` : 'it is not installed';
    return { code: 'DEPENDENCY_MISSING', message: `It needs ${id} ${range}, and ${state}.` };
  }
  return null;
}

function conflictOf(release: Neighbor, others: readonly Neighbor[]): Misfit | null {
  const pairs = others.flatMap((other): [Neighbor, Neighbor][] => [
    [release, other],
    [other, release],
  ]);
  const clash = pairs.find(([one, { marketplaceId, version }]) => {
    const range = one.manifest.conflicts?.[marketplaceId];
    return range !== undefined && admits(range, version);
  });
  if (!clash) return null;
  const [one, other] = clash;
  return {
    code: 'CONFLICT',
    message: `${one.marketplaceId} ${one.version} cannot run beside ${other.marketplaceId} ${other.version}.`,
  };
}

function brokenBy({ marketplaceId, version }: Neighbor, others: readonly Neighbor[]): Misfit | null {
  const broken = others.find(({ manifest }) => {
    const range = manifest.dependencies?.[marketplaceId];
    return range !== undefined && !admits(range, version);
  });
  if (!broken) return null;
  const range = broken.manifest.dependencies?.[marketplaceId] ?? '';
  return {
    code: 'NEEDED_BY_OTHERS',
    message: `${broken.marketplaceId} needs ${marketplaceId} ${range}, not ${version}.`,
  };
}

/** Pre-releases count as what they lead to: a shop that runs 2.0.0-beta.1 has 2.x. */
function admits(range: string, version: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}
