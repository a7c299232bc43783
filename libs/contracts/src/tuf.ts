/**
 * What a release is called in the hub's TUF repository. Shops work it out themselves and never take it from an answer: a hub that
 * names another target would pass one release for another.
 */
export function tufTargetPath(marketplaceId: string, version: string): string {
  return `${marketplaceId}/${version}.zip`;
}
