import type { ReleaseFinding } from '@hansa/contracts';
import {
  checkComponents,
  findAdvisories,
  listComponents,
  makeSbom,
  type DependencyAdvisory,
  type OpenPackage,
} from '@hansa/package-checks';
import { In, type EntityManager } from 'typeorm';
import type { Release } from '#catalog';
import { DependencyAdvisoryRow } from './release-check.entity.js';

const CHUNK = 5_000;

/** Lists what a release brings along, keeps it with its bill of materials, and says what the advisory database knows of it. */
export async function checkDependencies(
  db: EntityManager,
  { id, sha256, version }: Pick<Release, 'id' | 'sha256' | 'version'>,
  opened: OpenPackage,
): Promise<ReleaseFinding[]> {
  const list = await listComponents(opened);
  const { marketplace_id: marketplaceId, license } = opened.manifest;
  const sbom = makeSbom({ marketplaceId, version, sha256, license }, list.components);
  await db.query(
    'INSERT INTO release_sboms (release_id, document) VALUES ($1, $2) ON CONFLICT (release_id) DO UPDATE SET document = $2',
    [id, sbom],
  );
  for (let at = 0; at < list.components.length; at += CHUNK) {
    const chunk = list.components.slice(at, at + CHUNK);
    await db.query(
      `INSERT INTO release_components (release_id, name, version) SELECT $1, * FROM unnest($2::text[], $3::text[])
       ON CONFLICT DO NOTHING`,
      [id, chunk.map(({ name }) => name), chunk.map((component) => component.version)],
    );
  }
  const advisories = await advisoriesOn(db, [...new Set(list.components.map(({ name }) => name))]);
  return [...checkComponents(opened, list), ...findAdvisories(list.components, advisories)];
}

/** What is known about these npm packages. */
export async function advisoriesOn(db: EntityManager, names: readonly string[]): Promise<DependencyAdvisory[]> {
  return names.length === 0 ? [] : db.findBy(DependencyAdvisoryRow, { packageName: In([...names]) });
}
