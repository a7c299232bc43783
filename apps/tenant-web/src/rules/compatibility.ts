import gt from 'semver/functions/gt.js';
import lt from 'semver/functions/lt.js';

export type Compatibility = 'compatible' | 'tooOld' | 'tooNew';

/** Whether a shop of this version can run a release, and if not, which of the two is too old. */
export function compatibilityOf(
  shop: string,
  release: { readonly carphacom_min_version: string; readonly carphacom_max_version?: string | null | undefined },
): Compatibility {
  if (lt(shop, release.carphacom_min_version)) return 'tooOld';
  return release.carphacom_max_version && gt(shop, release.carphacom_max_version) ? 'tooNew' : 'compatible';
}

/** Whether `offered` is newer than what is installed. */
export function isNewer(offered: string, installed: string): boolean {
  return gt(offered, installed);
}
