import semver from 'semver';
import { MARKETPLACE_ID } from './ids.js';
import type { Manifest, ManifestFinding } from './manifest.js';

const CONFIG_KEY = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Checks what decorators cannot say: maps by key, and fields that depend on each other. */
export function refusePairs(
  manifest: Manifest,
  configFindings: (key: string, field: unknown) => ManifestFinding[],
): ManifestFinding[] {
  const findings: ManifestFinding[] = [];
  for (const field of ['dependencies', 'conflicts'] as const) {
    for (const [id, range] of pairs(manifest[field])) {
      const path = `${field}.${id}`;
      if (!MARKETPLACE_ID.test(id)) findings.push({ path, message: 'must be a marketplace id, @vendor/name' });
      if (typeof range !== 'string' || semver.validRange(range) === null)
        findings.push({ path, message: 'must be a SemVer range' });
    }
  }
  for (const [key, field] of pairs(manifest.config_schema)) {
    if (!CONFIG_KEY.test(key)) findings.push({ path: `config_schema.${key}`, message: 'must be a plain identifier' });
    findings.push(...configFindings(key, field));
  }
  const { carphacom_min_version: min, carphacom_max_version: max } = manifest;
  if (max && semver.valid(min) && semver.valid(max) && semver.gt(min, max)) {
    findings.push({ path: 'carphacom_max_version', message: 'must not be below carphacom_min_version' });
  }
  return findings;
}

function pairs(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
