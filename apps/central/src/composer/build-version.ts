import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ArchiveError, readArchive } from '@hansa/archive';
import { zipSync } from 'fflate';
import { defineArtifactOwner, type ArtifactStore } from '#storage';
import { MAX_COMPOSER_JSON, readComposerJson, type ComposerJson } from './composer-json.js';
import { normalizeVersion, versionOfBranch, versionOfTag, type ComposerVersion } from './composer-version.js';
import type { GitMirror, GitRef, TreeEntry } from './git-mirror.js';
import { TarError, type TarFile } from './read-tar.js';

/** What one commit may hold. */
defineArtifactOwner('composer_versions', 'sha256');

const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 20 * 1024 * 1024;
const MAX_TREE_BYTES = 100 * 1024 * 1024;
/** Each file takes up to two blocks more in a tar. */
const MAX_TAR_BYTES = MAX_TREE_BYTES + MAX_FILES * 1_024;
const UNIX = 3;
const FILE_MODE = 0o100644;

const TAGS = 'refs/tags/';
const BRANCHES = 'refs/heads/';

/** A tag or branch read as a version, or why it is none; `PASSED_OVER` is no problem. */
export type RefVerdict =
  | { readonly ok: true; readonly json: ComposerJson; readonly version: ComposerVersion }
  | { readonly ok: false; readonly problem: string };

export function isTag(ref: string): boolean {
  return ref.startsWith(TAGS);
}

export function branchOf(ref: string): string {
  return ref.slice(BRANCHES.length);
}

/** Reads the `composer.json` of a ref as Composer reads a Git repository; every file of it is looked at first. */
export async function readRef(mirror: GitMirror, ref: GitRef, prefixes: readonly string[]): Promise<RefVerdict> {
  const version = isTag(ref.name) ? versionOfTag(ref.name.slice(TAGS.length)) : versionOfBranch(branchOf(ref.name));
  if (!version) return { ok: false, problem: 'PASSED_OVER' };
  const tree = await mirror.tree(ref.commit);
  const manifest = tree.find(({ path, mode }) => path === 'composer.json' && mode.startsWith('100'));
  if (!manifest) return { ok: false, problem: 'COMPOSER_JSON_MISSING' };
  if (manifest.size > MAX_COMPOSER_JSON) return { ok: false, problem: 'COMPOSER_JSON_TOO_LARGE' };
  const verdict = readComposerJson(await mirror.read(ref.commit, 'composer.json', MAX_COMPOSER_JSON));
  if (!verdict.ok) return { ok: false, problem: verdict.reason };
  const { json } = verdict;
  if (!prefixes.some((prefix) => json.name.startsWith(prefix))) return { ok: false, problem: 'PASSED_OVER' };
  const flaw = flawOf(tree);
  if (flaw) return { ok: false, problem: flaw };
  if (!version.isDev && json.version !== undefined && normalizeVersion(json.version) !== version.normalized) {
    return { ok: false, problem: 'VERSION_MISMATCH' };
  }
  return { ok: true, json, version };
}

/** What a tree must not hold. Links and submodules would make the zip something else than the commit that was reviewed. */
export function flawOf(tree: readonly TreeEntry[]): string | null {
  if (tree.length > MAX_FILES) return 'TOO_MANY_FILES';
  let bytes = 0;
  for (const { mode, size } of tree) {
    if (mode === '120000') return 'SYMLINK';
    if (mode === '160000') return 'SUBMODULE';
    if (size > MAX_FILE_BYTES) return 'FILE_TOO_LARGE';
    bytes += size;
  }
  return bytes > MAX_TREE_BYTES ? 'TREE_TOO_LARGE' : null;
}

export type BuiltZip =
  | { readonly ok: true; readonly sha1: string; readonly sha256: string; readonly sizeBytes: number }
  | { readonly ok: false; readonly problem: string };

/** Makes the zip of a commit and puts it into the store. The same commit gives the same bytes on every machine. */
export async function buildZip(
  mirror: GitMirror,
  commit: string,
  store: ArtifactStore,
  maxBytes: number,
): Promise<BuiltZip> {
  try {
    const zip = packFiles(await mirror.files(commit, MAX_TAR_BYTES));
    if (zip.length > maxBytes) return { ok: false, problem: 'ZIP_TOO_LARGE' };
    await readArchive(zip); // what goes out keeps the rules that what comes in must keep
    const { sha256, sizeBytes } = await store.put(Readable.from([zip]), maxBytes);
    return { ok: true, sha1: createHash('sha1').update(zip).digest('hex'), sha256, sizeBytes };
  } catch (error) {
    if (error instanceof ArchiveError) return { ok: false, problem: `ARCHIVE_${error.code}` };
    if (error instanceof TarError) return { ok: false, problem: 'TREE_UNREADABLE' };
    throw error;
  }
}

/** Names in byte order, one time and one mode for all, and a compressor in JavaScript (docs/adr/0005). */
function packFiles(files: readonly TarFile[]): Buffer {
  const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const options = { level: 9, mtime: new Date(1980, 0, 1), os: UNIX, attrs: FILE_MODE * 0x10000 } as const;
  return Buffer.from(zipSync(Object.fromEntries(sorted.map(({ path, bytes }) => [path, [bytes, options]]))));
}
