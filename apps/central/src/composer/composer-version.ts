/** Longest version or branch text that is looked at. */
const MAX_LENGTH = 200;
/** `-beta2`, `.rc-1`, `-patch1`, `-dev`: what may follow the numbers. */
const MODIFIER = String.raw`[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)([.-]?\d+(?:[.-]\d+)*)?)?([.-]?dev)?`;
const CLASSICAL = new RegExp(String.raw`^v?(\d{1,5})(\.\d+)?(\.\d+)?(\.\d+)?${MODIFIER}$`, 'i');
const DATED = new RegExp(String.raw`^v?(\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3})?)${MODIFIER}$`, 'i');
const NUMERIC_BRANCH = /^v?(\d+)(\.(?:\d+|[x*]))?(\.(?:\d+|[x*]))?(\.(?:\d+|[x*]))?$/i;
const STABILITY_FLAG = /@(?:stable|RC|beta|alpha|dev)$/i;
/** What Composer puts for the open end of a branch such as `2.x`. */
const OPEN_END = '9999999';

/** A version as Composer compares it, and as people wrote it. */
export interface ComposerVersion {
  readonly version: string;
  readonly normalized: string;
  /** Whether it is a branch, which moves. */
  readonly isDev: boolean;
}

/**
 * The four-part form Composer compares (`v1.2-RC1` → `1.2.0.0-RC1`), with branches as `dev-name` or `2.9999999…-dev`.
 * Undefined for what is no version.
 */
export function normalizeVersion(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let version = text.trim();
  version = /^([^,\s]+) +as +[^,\s]+$/.exec(version)?.[1] ?? version;
  version = version.replace(STABILITY_FLAG, '');
  if (['master', 'trunk', 'default'].includes(version)) version = `dev-${version}`;
  if (/^dev-/i.test(version)) return `dev-${version.slice(4)}`;
  version = /^([^,\s+]+)\+\S+$/.exec(version)?.[1] ?? version;
  return normalizeNumbers(version) ?? normalizeNumericBranch(version);
}

/** The normalized form of a Git branch; any name is one. */
export function normalizeBranch(name: string): string {
  const parts = NUMERIC_BRANCH.exec(name.trim());
  if (!parts) return `dev-${name.trim()}`;
  const numbers = [1, 2, 3, 4].map((index) => (parts[index] ?? '.x').replace(/[X*]/, 'x'));
  return `${numbers.join('').replaceAll('x', OPEN_END)}-dev`;
}

/** The version a Git tag stands for. Undefined for tags that are none, and for `-dev` ones: those are for branches. */
export function versionOfTag(tag: string): ComposerVersion | undefined {
  const version = tag.replaceAll('release-', '');
  const normalized = normalizeVersion(version);
  if (normalized === undefined || isDevVersion(normalized)) return undefined;
  return { version, normalized, isDev: false };
}

/** The development version a Git branch stands for: `dev-main`, `2.x-dev`. */
export function versionOfBranch(branch: string): ComposerVersion {
  const normalized = normalizeBranch(branch);
  if (normalized.startsWith('dev-')) return { version: `dev-${branch}`, normalized, isDev: true };
  const prefix = branch.startsWith('v') ? 'v' : '';
  return { version: prefix + normalized.replace(/(\.9999999)+/, '.x'), normalized, isDev: true };
}

export function isDevVersion(normalized: string): boolean {
  return normalized.startsWith('dev-') || normalized.endsWith('-dev');
}

/** Order of two normalized versions; branches without numbers are lowest. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return left[index]! - right[index]!;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function normalizeNumbers(version: string): string | undefined {
  const classical = CLASSICAL.exec(version);
  if (classical) {
    const [, major, minor, patch, fourth, ...modifiers] = classical;
    return `${major!}${minor ?? '.0'}${patch ?? '.0'}${fourth ?? '.0'}${modifierOf(modifiers)}`;
  }
  const [, date, ...modifiers] = DATED.exec(version) ?? [];
  return date === undefined ? undefined : date.replace(/\D/g, '.') + modifierOf(modifiers);
}

function normalizeNumericBranch(version: string): string | undefined {
  const [, name] = /^(.*?)[.-]?dev$/i.exec(version) ?? [];
  if (name === undefined) return undefined;
  const normalized = normalizeBranch(name);
  return normalized.startsWith('dev-') ? undefined : normalized;
}

const STABILITY: Record<string, string> = { a: 'alpha', b: 'beta', p: 'patch', pl: 'patch', rc: 'RC' };

function modifierOf([stability, number, dev]: readonly (string | undefined)[]): string {
  const word = stability?.toLowerCase();
  if (word === 'stable') return '';
  const stage = word === undefined ? '' : `-${STABILITY[word] ?? word}${(number ?? '').replace(/^[.-]+/, '')}`;
  return dev ? `${stage}-dev` : stage;
}

const STAGES = ['dev', 'alpha', 'beta', 'RC', '', 'patch'];

function rankOf(normalized: string): number[] {
  const [, numbers, stage = '', count = '0', dev] =
    /^(\d+(?:\.\d+)*)(?:-(alpha|beta|RC|patch)([\d.-]*))?(-dev)?$/.exec(normalized) ?? [];
  if (numbers === undefined) return [-1, 0, 0, 0, 0, 0, 0];
  const parts = numbers.split('.').map(Number);
  const rank = dev && !stage ? 0 : STAGES.indexOf(stage);
  return [parts[0]!, parts[1] ?? 0, parts[2] ?? 0, parts[3] ?? 0, rank, Number.parseInt(count, 10) || 0, dev ? 0 : 1];
}
