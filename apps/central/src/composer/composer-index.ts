import { poolOf } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/**
 * Marks a package as changed, in the transaction of the change. Call it last: it holds the one row of `composer_revision` until
 * the commit, which is why revisions become visible in their order.
 */
export async function bumpComposerRevision(tx: EntityManager, packageName: string): Promise<void> {
  await tx.query(
    `WITH bumped AS (UPDATE composer_revision SET revision = revision + 1 RETURNING revision)
     UPDATE composer_packages SET revision = bumped.revision FROM bumped WHERE name = $1`,
    [packageName],
  );
}

const CHANGED = `
  SELECT c.revision AS known, p.name, p.revision FROM composer_revision c LEFT JOIN composer_packages p ON p.revision > $1`;

/** Which packages there are and when each last changed, in memory. It learns of changes from the charges of the ledger. */
@Injectable()
export class ComposerIndex implements OnModuleInit {
  private readonly packages = new Map<string, number>();
  private known = 0;
  private refreshing: Promise<void> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /** The revision this process has seen. */
  get revision(): number {
    return this.known;
  }

  /** The revision of the last change of a package; undefined when there is no such package. */
  revisionOf(name: string): number | undefined {
    return this.packages.get(name);
  }

  names(): IterableIterator<string> {
    return this.packages.keys();
  }

  /** Takes over what changed. Callers at the same time share one query. */
  async refresh(): Promise<void> {
    this.refreshing ??= this.read().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async read(): Promise<void> {
    const { rows } = await poolOf(this.dataSource).query<{ known: string; name: string | null; revision: string }>(
      CHANGED,
      [this.known],
    );
    for (const { name, revision } of rows) if (name !== null) this.packages.set(name, Number(revision));
    this.known = Number(rows[0]?.known ?? this.known);
  }
}
