import type { ReleaseFinding } from '@hansa/contracts';
import semver from 'semver';
import type { Component } from './list-components.js';

/** From `introduced` on (`0` is the first of all), below `fixed` or up to `lastAffected`; without either, for good. */
export interface AdvisoryRange {
  readonly introduced: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
}

/** What an advisory of an OSV database says about one package of the npm ecosystem. */
export interface DependencyAdvisory {
  readonly id: string;
  readonly packageName: string;
  readonly summary: string;
  /** `CRITICAL`, `HIGH`, `MODERATE`, `LOW` or `UNKNOWN`, as the database rates it; `MALICIOUS` for packages made to harm. */
  readonly severity: string;
  readonly aliases: readonly string[];
  readonly ranges: readonly AdvisoryRange[];
  /** Versions named one by one. */
  readonly versions: readonly string[];
  readonly withdrawn: boolean;
}

const SEVERITIES = ['CRITICAL', 'HIGH', 'MODERATE', 'LOW'];

/** One entry of an OSV database (schema 1.x), a row for each npm package it names; empty for anything else. */
export function readOsv(value: unknown): DependencyAdvisory[] {
  const entry = objectOf(value);
  const id = textOf(entry['id']);
  if (id === undefined) return [];
  const rated = textOf(objectOf(entry['database_specific'])['severity'])?.toUpperCase() ?? '';
  const common = {
    id,
    summary: (textOf(entry['summary']) ?? textOf(entry['details']) ?? id).slice(0, 500),
    severity: id.startsWith('MAL-') ? 'MALICIOUS' : SEVERITIES.includes(rated) ? rated : 'UNKNOWN',
    aliases: textsOf(entry['aliases']).slice(0, 20),
    withdrawn: textOf(entry['withdrawn']) !== undefined,
  };
  const byName = new Map<string, { ranges: AdvisoryRange[]; versions: string[] }>();
  for (const affected of listOf(entry['affected'])) {
    const { ecosystem, name } = objectOf(objectOf(affected)['package']);
    if (ecosystem !== 'npm' || typeof name !== 'string') continue;
    const known = byName.get(name) ?? { ranges: [], versions: [] };
    byName.set(name, known);
    known.versions.push(...textsOf(objectOf(affected)['versions']));
    for (const range of listOf(objectOf(affected)['ranges'])) known.ranges.push(...readRange(objectOf(range)));
  }
  return [...byName].map(([packageName, what]) => ({ ...common, packageName, ...what }));
}

/** Events of a range, in order, as spans. Ranges over commits say nothing about versions. */
function readRange({ type, events }: Record<string, unknown>): AdvisoryRange[] {
  if (type !== 'SEMVER' && type !== 'ECOSYSTEM') return [];
  const spans: AdvisoryRange[] = [];
  let introduced: string | undefined;
  for (const event of listOf(events)) {
    const { introduced: from, fixed, last_affected: last } = objectOf(event);
    if (typeof from === 'string') {
      if (introduced !== undefined) spans.push({ introduced });
      introduced = from;
    } else if (introduced !== undefined && typeof fixed === 'string') {
      spans.push({ introduced, fixed });
      introduced = undefined;
    } else if (introduced !== undefined && typeof last === 'string') {
      spans.push({ introduced, lastAffected: last });
      introduced = undefined;
    }
  }
  return introduced === undefined ? spans : [...spans, { introduced }];
}

/** Whether an advisory is about this version. A version that is no SemVer is affected only when it is named. */
export function affects({ ranges, versions, withdrawn }: DependencyAdvisory, version: string): boolean {
  if (withdrawn) return false;
  if (versions.includes(version)) return true;
  if (semver.valid(version) === null) return false;
  return ranges.some(({ introduced, fixed, lastAffected }) => {
    if (introduced !== '0' && (semver.valid(introduced) === null || semver.lt(version, introduced))) return false;
    if (fixed !== undefined) return semver.valid(fixed) !== null && semver.lt(version, fixed);
    return lastAffected === undefined || (semver.valid(lastAffected) !== null && semver.lte(version, lastAffected));
  });
}

/** Findings about components that advisories are about; a malicious package is an error, the rest is for a person. */
export function findAdvisories(
  components: readonly Component[],
  advisories: readonly DependencyAdvisory[],
): ReleaseFinding[] {
  const byName = new Map<string, DependencyAdvisory[]>();
  for (const advisory of advisories) {
    byName.set(advisory.packageName, [...(byName.get(advisory.packageName) ?? []), advisory]);
  }
  return components.flatMap(({ name, version }) =>
    (byName.get(name) ?? [])
      .filter((advisory) => affects(advisory, version))
      .map(({ id, severity, summary, ranges }): ReleaseFinding => {
        const fixed = ranges.flatMap((range) => range.fixed ?? []).join(', ');
        return {
          check: 'dependencies',
          severity: severity === 'MALICIOUS' ? 'error' : 'warning',
          message: `${name} ${version} has ${id} (${severity.toLowerCase()}): ${summary}`,
          advice: fixed === '' ? 'No fixed version is known: replace it.' : `Fixed in ${fixed}.`,
        };
      }),
  );
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string');
}
