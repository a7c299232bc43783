import type { Channel } from '@hansa/contracts';
import { SEMVER } from '@hansa/contracts';

/** Sorts after every pre-release mark, so that `1.0.0` is above `1.0.0-rc.1`. */
const FINAL = '~';
const PRERELEASE = '-';
/** Lower than every character of an identifier, so that `a.b` is below `a-` and above `a`. */
const NEXT_IDENTIFIER = '!';

/**
 * A text whose byte order is the precedence of SemVer 2.0.0 §11; build metadata has no part in it. Comparable with `<` in
 * JavaScript and under COLLATE "C" in PostgreSQL.
 *
 * @throws {RangeError} when `version` is no SemVer
 */
export function semverSortKey(version: string): string {
  const [, major, minor, patch, prerelease] = partsOf(version);
  const core = [major, minor, patch].map((part) => numberKey(part!)).join('');
  if (prerelease === undefined) return core + FINAL;
  return core + PRERELEASE + prerelease.split('.').map(identifierKey).join(NEXT_IDENTIFIER);
}

/** The first number of a version. @throws {RangeError} when `version` is no SemVer */
export function majorOf(version: string): number {
  return Number(partsOf(version)[1]);
}

/** The channel a version belongs to: `-alpha…` is alpha, any other pre-release beta. @throws {RangeError} */
export function channelOf(version: string): Channel {
  const [, , , , prerelease] = partsOf(version);
  if (prerelease === undefined) return 'stable';
  return /^alpha\b/i.test(prerelease) ? 'alpha' : 'beta';
}

function partsOf(version: string): RegExpExecArray {
  const parts = SEMVER.exec(version);
  if (!parts) throw new RangeError('not a SemVer version');
  return parts;
}

/** More digits is a larger number: the count of digits, base 36 in two places, goes first. */
function numberKey(digits: string): string {
  return digits.length.toString(36).padStart(2, '0') + digits;
}

/** Numeric identifiers are below all others. */
function identifierKey(identifier: string): string {
  return /^\d+$/.test(identifier) ? `0${numberKey(identifier)}` : `1${identifier}`;
}
