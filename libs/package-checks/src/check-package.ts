import type { ReleaseFinding } from '@hansa/contracts';
import { checkContents } from './check-contents.js';
import { checkListing, type CheckedListing } from './check-listing.js';
import { checkManifest } from './check-manifest.js';
import { cutFindings } from './findings.js';
import { checkComponents, listComponents } from './list-components.js';
import { findAdvisories, type DependencyAdvisory } from './match-advisories.js';
import { openPackage, type OpenPackage } from './open-package.js';
import { runInHost } from './run-in-host.js';
import { staticScan } from './static-scan.js';

/** The checks that need nothing but the package and its product page, in the order in which they run. */
export const LOCAL_CHECKS = ['archive', 'manifest', 'static-scan', 'dependencies', 'sandbox', 'listing'] as const;
export type LocalCheck = (typeof LOCAL_CHECKS)[number];

export interface LocalCheckOptions {
  readonly listing?: CheckedListing | undefined;
  readonly advisories?: readonly DependencyAdvisory[] | undefined;
  /** Told before each check. */
  readonly onCheck?: (check: LocalCheck) => void;
}

const MAX_FINDINGS = 200;

/** Everything the hub will look at, on the publisher's own machine. A package that cannot be opened is not run. */
export async function checkPackage(path: string, options: LocalCheckOptions = {}): Promise<ReleaseFinding[]> {
  const verdict = await openPackage(path);
  if (!verdict.ok) return [...verdict.findings];
  const findings: ReleaseFinding[] = [];
  for (const check of LOCAL_CHECKS) {
    options.onCheck?.(check);
    const found = await run(check, verdict.opened, options);
    findings.push(...cutFindings(found, MAX_FINDINGS));
    // What does not unpack is neither read nor run.
    if (check === 'archive' && found.length > 0) return findings;
  }
  return findings;
}

async function run(check: LocalCheck, opened: OpenPackage, options: LocalCheckOptions): Promise<ReleaseFinding[]> {
  switch (check) {
    case 'archive':
      return checkContents(opened.archive);
    case 'manifest':
      return checkManifest(opened);
    case 'static-scan':
      return staticScan(opened);
    case 'dependencies': {
      const list = await listComponents(opened);
      return [...checkComponents(opened, list), ...findAdvisories(list.components, options.advisories ?? [])];
    }
    case 'sandbox':
      return runInHost(opened);
    case 'listing':
      return options.listing ? checkListing(options.listing) : [];
  }
}
