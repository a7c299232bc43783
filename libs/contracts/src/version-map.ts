import { registerDecorator } from 'class-validator';
import { MARKETPLACE_ID, SEMVER } from './ids.js';

/** The longest list of installed versions one `updates` question may carry. */
export const MAX_VERSIONS = 1_000;

/** Says what is wrong with `{ "@vendor/name": "1.2.3", … }`, or null when nothing is. */
export function refuseVersionMap(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'must be an object of marketplace ids and versions';
  const entries = Object.entries(value);
  if (entries.length > MAX_VERSIONS) return `must not name more than ${MAX_VERSIONS} packages`;
  for (const [id, version] of entries) {
    if (id.length > 110 || !MARKETPLACE_ID.test(id)) return 'every key must be a marketplace id, @vendor/name';
    if (typeof version !== 'string' || version.length > 128 || !SEMVER.test(version))
      return 'every version must be a SemVer version, 1.2.3';
  }
  return null;
}

/** Accepts the map of installed versions that `updates` is asked with. */
export function IsVersionMap() {
  return (target: object, propertyName: string) => {
    registerDecorator({
      name: 'isVersionMap',
      target: target.constructor,
      propertyName,
      validator: {
        validate: (value: unknown) => refuseVersionMap(value) === null,
        defaultMessage: (args) => `${propertyName} ${refuseVersionMap(args?.value) ?? 'is not a version map'}`,
      },
    });
  };
}
