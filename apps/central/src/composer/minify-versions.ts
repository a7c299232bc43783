export type VersionMetadata = Readonly<Record<string, unknown>>;

/** What stands for a key the version before had and this one has not. */
const UNSET = '__unset';

/**
 * The `composer/2.0` form of a list of versions: the first one whole, each other one as its differences from the one before.
 * Keys keep their order, so the same versions always give the same bytes.
 */
export function minifyVersions(versions: readonly VersionMetadata[]): VersionMetadata[] {
  let before: VersionMetadata | undefined;
  return versions.map((version) => {
    const shown = before ? differences(before, version) : version;
    before = version;
    return shown;
  });
}

function differences(before: VersionMetadata, version: VersionMetadata): VersionMetadata {
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(version)) {
    if (!(key in before) || JSON.stringify(before[key]) !== JSON.stringify(value)) changed[key] = value;
  }
  for (const key of Object.keys(before)) {
    if (!(key in version)) changed[key] = UNSET;
  }
  return changed;
}
