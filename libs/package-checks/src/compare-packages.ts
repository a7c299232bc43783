import type { Manifest, ReleaseFinding } from '@hansa/contracts';
import type { FileDigests } from './digest-files.js';
import type { Component } from './list-components.js';

/** What is compared of a release. */
export interface PackageFacts {
  readonly version: string;
  readonly sizeBytes: number;
  readonly manifest: Pick<Manifest, 'permissions' | 'migrations'>;
  readonly files: FileDigests;
  readonly components: readonly Component[];
}

/** What a release changes against the one before it, for the reviewer. */
export interface PackageDiff {
  readonly from: string;
  readonly size_bytes: { readonly before: number; readonly after: number };
  readonly files: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
    /** Lists above are cut at 500 names each; this counts all. */
    readonly counts: { readonly added: number; readonly removed: number; readonly changed: number };
  };
  readonly permissions: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly dependencies: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

const MAX_NAMES = 500;
/** A release that grows more than this is looked at. */
const MUCH_LARGER = 5;

/** Compares two releases, and says as findings what a person should see: more rights, a sudden size. */
export function comparePackages(
  before: PackageFacts,
  after: PackageFacts,
): { diff: PackageDiff; findings: ReleaseFinding[] } {
  const added = Object.keys(after.files).filter((path) => !Object.hasOwn(before.files, path));
  const removed = Object.keys(before.files).filter((path) => !Object.hasOwn(after.files, path));
  const changed = Object.keys(after.files).filter(
    (path) => Object.hasOwn(before.files, path) && before.files[path]![1] !== after.files[path]![1],
  );
  const permissions = changesOf(permissionsOf(before.manifest), permissionsOf(after.manifest));
  const dependencies = changesOf(before.components.map(nameOf), after.components.map(nameOf));
  const diff: PackageDiff = {
    from: before.version,
    size_bytes: { before: before.sizeBytes, after: after.sizeBytes },
    files: {
      added: added.slice(0, MAX_NAMES),
      removed: removed.slice(0, MAX_NAMES),
      changed: changed.slice(0, MAX_NAMES),
      counts: { added: added.length, removed: removed.length, changed: changed.length },
    },
    permissions,
    dependencies,
  };
  const findings = permissions.added.map((right) =>
    found('warning', `asks for more than ${before.version}: ${right}`, 'Say in the changelog what it is for.'),
  );
  if (after.sizeBytes > before.sizeBytes * MUCH_LARGER) {
    findings.push(
      found('info', `is ${Math.round(after.sizeBytes / before.sizeBytes)} times as large`, 'Check what was packed.'),
    );
  }
  return { diff, findings };
}

/** A manifest without `permissions` may hear every event and store values (plugin-sandbox.md §1). */
function permissionsOf({ permissions }: PackageFacts['manifest']): string[] {
  if (permissions === undefined) return ['events *', 'storage'];
  const { net = [], events = [], storage = false } = permissions;
  return [
    ...net.map((host) => `net ${host}`),
    ...events.map((event) => `events ${event}`),
    ...(storage ? ['storage'] : []),
  ];
}

function nameOf({ name, version }: Component): string {
  return `${name}@${version}`;
}

function changesOf(before: readonly string[], after: readonly string[]) {
  const old = new Set(before);
  const fresh = new Set(after);
  return {
    added: after.filter((item) => !old.has(item)).slice(0, MAX_NAMES),
    removed: before.filter((item) => !fresh.has(item)).slice(0, MAX_NAMES),
  };
}

function found(severity: ReleaseFinding['severity'], message: string, advice: string): ReleaseFinding {
  return { check: 'diff', severity, message, advice };
}
