import type { ReleaseFinding } from '@hansa/contracts';
import semver from 'semver';
import type { OpenPackage } from './open-package.js';

/** What the schema cannot say of a manifest: the entry is there, versions are canonical, permissions are narrow. */
export function checkManifest({ archive, manifest, packageJson }: OpenPackage): ReleaseFinding[] {
  const findings: ReleaseFinding[] = [];
  const entry = (manifest.entry ?? './index.js').slice(2);
  if (!archive.entries.some(({ path, isDirectory }) => path === entry && !isDirectory)) {
    findings.push(
      found('error', `names the entry module ${entry}, which is not in the package`, 'Pack the built files.'),
    );
  }
  if (packageJson['version'] !== manifest.version) {
    findings.push(found('error', 'names another version than package.json', 'Write the same version into both.'));
  }
  // Ids of vendor and plugin are shown side by side; one that says something else than the other misleads.
  if (!manifest.marketplace_id.endsWith(`/${manifest.id}`)) {
    findings.push(found('info', `has the id ${manifest.id} in ${manifest.marketplace_id}`, 'Use one name for both.'));
  }
  if (semver.parse(manifest.version)?.build.length) {
    findings.push(found('warning', 'names a version with build metadata, which no shop compares', 'Leave it out.'));
  }
  for (const host of manifest.permissions?.net ?? []) {
    if (/^\*\.[^.]+(:\d+)?$/.test(host)) {
      findings.push(found('warning', `asks for every host below ${host.slice(2)}`, 'Name the hosts it talks to.'));
    }
  }
  return findings;
}

function found(severity: ReleaseFinding['severity'], message: string, advice: string): ReleaseFinding {
  return { check: 'manifest', severity, message, file: 'manifest.json', advice };
}
