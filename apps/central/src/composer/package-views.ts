import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { CentralConfig } from '#config';
import { ComposerIndex } from './composer-index.js';
import { ComposerVersionRow } from './composer-package.entity.js';
import { compareVersions } from './composer-version.js';
import { finish, type FinishedAnswer } from './finished-answer.js';
import { minifyVersions, type VersionMetadata } from './minify-versions.js';

/** What is remembered of a package at one revision. */
interface PackageView {
  readonly revision: number;
  /** Release moments in milliseconds, ascending: how many a token may see says which answer is its own. */
  readonly releasedAt: readonly number[];
  /** By kind and number of visible versions. */
  readonly answers: ReadonlyMap<string, FinishedAnswer>;
}

/** Each remembered package also takes room for its place in the map. */
const OVERHEAD_BYTES = 1_024;

/** Finished `p2` files. Tokens that may see the same versions share one. */
@Injectable()
export class PackageViews {
  private readonly views: LRUCache<string, PackageView>;
  private readonly underWay = new Map<string, Promise<FinishedAnswer>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly index: ComposerIndex,
    private readonly config: CentralConfig,
  ) {
    this.views = new LRUCache({
      maxSize: config.catalog.cacheBytes,
      sizeCalculation: ({ releasedAt, answers }) =>
        [...answers.values()].reduce((sum, { bytes }) => sum + bytes, OVERHEAD_BYTES + releasedAt.length * 8),
    });
  }

  /**
   * The file of a package for a token that may see releases up to `until`, if it is at hand. Tagged versions and branches are
   * two files. Never waits.
   */
  recall(name: string, dev: boolean, until: number): FinishedAnswer | undefined {
    const view = this.views.get(name);
    if (view?.revision !== this.index.revisionOf(name)) return undefined;
    return view?.answers.get(keyOf(view.releasedAt, dev, until));
  }

  /** As `recall`, made if need be; callers that want the same wait for one query. */
  async answer(name: string, dev: boolean, until: number): Promise<FinishedAnswer> {
    const ready = this.recall(name, dev, until);
    if (ready) return ready;
    const key = `${name} ${this.index.revisionOf(name) ?? 0} ${dev} ${until}`;
    const making = this.underWay.get(key) ?? this.make(name, dev, until).finally(() => this.underWay.delete(key));
    this.underWay.set(key, making);
    return making;
  }

  /** The revision is read before the query, so an answer is never older than it is filed under. */
  private async make(name: string, dev: boolean, until: number): Promise<FinishedAnswer> {
    const revision = this.index.revisionOf(name) ?? 0;
    const rows = await listCurrentVersions(this.dataSource.manager, name);
    const visible = rows.filter(({ isDev, releasedAt }) => isDev === dev && releasedAt.getTime() <= until);
    const answer = await finish(fileOf(name, visible, this.config.hubUrl));
    if (revision === this.index.revisionOf(name)) {
      const known = this.views.get(name);
      const releasedAt = rows.map((row) => row.releasedAt.getTime()).sort((a, b) => a - b);
      const answers = new Map(known?.revision === revision ? known.answers : []);
      answers.set(keyOf(releasedAt, dev, until), answer);
      this.views.set(name, { revision, releasedAt, answers });
    }
    return answer;
  }
}

/** Versions a client may choose from: released ones and the heads of branches. */
export function listCurrentVersions(db: EntityManager, packageName: string): Promise<ComposerVersionRow[]> {
  return db.findBy(ComposerVersionRow, { packageName, supersededAt: IsNull() });
}

function keyOf(releasedAt: readonly number[], dev: boolean, until: number): string {
  return `${dev ? 'dev' : 'tags'} ${until === Infinity ? releasedAt.length : countUpTo(releasedAt, until)}`;
}

function countUpTo(ascending: readonly number[], until: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A `p2` file (docs/protocol/composer.md §3): newest first, the first one whole, the others as differences. */
export function fileOf(name: string, rows: readonly ComposerVersionRow[], hubUrl: string): object {
  const newestFirst = [...rows].sort((a, b) => compareVersions(b.versionNormalized, a.versionNormalized));
  const versions = newestFirst.map((row) => metadataOf(row, hubUrl));
  return { minified: 'composer/2.0', packages: { [name]: minifyVersions(versions) } };
}

function metadataOf(row: ComposerVersionRow, hubUrl: string): VersionMetadata {
  return {
    name: row.packageName,
    version: row.version,
    version_normalized: row.versionNormalized,
    ...row.metadata,
    ...(row.isDefaultBranch ? { 'default-branch': true } : {}),
    time: row.releasedAt.toISOString().replace('.000Z', '+00:00'),
    dist: { type: 'zip', url: distUrl(row, hubUrl), reference: row.reference, shasum: row.sha1 },
  };
}

/** Stable for ever: lock files keep it. */
function distUrl({ packageName, id }: ComposerVersionRow, hubUrl: string): string {
  return `${hubUrl}/dist/${packageName}/${id}.zip`;
}
