import { ArchiveError, type Archive } from '@hansa/archive';
import type { ReleaseFinding } from '@hansa/contracts';
import type { OpenPackage } from './open-package.js';

/** A package of the npm ecosystem that is packed along or locked. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  /** Subresource integrity as the lock file gives it. */
  readonly integrity?: string;
}

export interface ComponentList {
  /** Where the list is from; `none` when there is neither a lock file nor `node_modules`. */
  readonly source: 'node_modules' | 'lock' | 'none';
  /** By name and version, each once. */
  readonly components: readonly Component[];
}

const LOCKS = ['npm-shrinkwrap.json', 'package-lock.json'];
const MAX_LOCK_BYTES = 16 * 1024 * 1024;
const MAX_PACKAGE_JSON_BYTES = 1024 * 1024;
const INSTALLED = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;

/** What a package brings along: what lies in `node_modules` is what runs, so it outranks what a lock file says. */
export async function listComponents({ archive }: OpenPackage): Promise<ComponentList> {
  const installed = await readInstalled(archive);
  if (installed.length > 0) return { source: 'node_modules', components: unique(installed) };
  const locked = await readLock(archive);
  return locked ? { source: 'lock', components: unique(locked) } : { source: 'none', components: [] };
}

/** What is declared and not there: shops install nothing, so it would be missing when the plugin starts. */
export function checkComponents({ packageJson }: OpenPackage, { source, components }: ComponentList): ReleaseFinding[] {
  const declared = Object.keys(packageJson['dependencies'] ?? {});
  const present = new Set(components.map(({ name }) => name));
  return declared
    .filter((name) => source !== 'node_modules' || !present.has(name))
    .filter((name) => name !== '@hansa/plugin-sdk')
    .map((name) => ({
      check: 'dependencies',
      severity: 'warning',
      message: `depends on ${name}, which is not in the package`,
      file: 'package.json',
      advice: 'Shops install nothing: pack node_modules along, or bundle it.',
    }));
}

async function readInstalled(archive: Archive): Promise<Component[]> {
  const found: Component[] = [];
  for (const { path, isDirectory } of archive.entries) {
    const [, folder] = INSTALLED.exec(path) ?? [];
    if (isDirectory || folder === undefined) continue;
    const json = await readJson(archive, path, MAX_PACKAGE_JSON_BYTES);
    const { name, version, license } = (json ?? {}) as Record<string, unknown>;
    if (typeof version !== 'string') continue;
    found.push({
      name: typeof name === 'string' ? name : folder,
      version,
      ...(typeof license === 'string' ? { license } : {}),
    });
  }
  return found;
}

/** Lock files of npm, version 2 and 3: one member a folder below `packages`. */
async function readLock(archive: Archive): Promise<Component[] | undefined> {
  for (const lock of LOCKS) {
    const json = await readJson(archive, lock, MAX_LOCK_BYTES);
    const packages = (json as { packages?: unknown } | undefined)?.packages;
    if (typeof packages !== 'object' || packages === null) continue;
    return Object.entries(packages as Record<string, Record<string, unknown> | null>).flatMap(([folder, entry]) => {
      const at = folder.lastIndexOf('node_modules/');
      const version = entry?.['version'];
      if (at < 0 || typeof version !== 'string' || entry?.['dev'] === true) return [];
      const { integrity, license, name } = entry as Record<string, unknown>;
      return {
        name: typeof name === 'string' ? name : folder.slice(at + 'node_modules/'.length),
        version,
        ...(typeof integrity === 'string' ? { integrity } : {}),
        ...(typeof license === 'string' ? { license } : {}),
      };
    });
  }
  return undefined;
}

async function readJson(archive: Archive, path: string, maxBytes: number): Promise<unknown> {
  try {
    return JSON.parse((await archive.read(path, maxBytes)).toString('utf8')) as unknown;
  } catch (cause) {
    if (cause instanceof ArchiveError || cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function unique(components: readonly Component[]): Component[] {
  const byKey = new Map(components.map((component) => [`${component.name}@${component.version}`, component]));
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component);
}
