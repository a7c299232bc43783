import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';

interface Part {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Writes that are decided one after the other and sent as one statement.
 *
 * All of them see the database as it was before, so none may touch a row that another of them touches. Rows of one entity are
 * inserted in the order they were given; nothing is promised about the order between tables.
 */
export class Writes {
  private readonly inserts = new Map<EntityTarget<ObjectLiteral>, ObjectLiteral[]>();
  private readonly changes: Part[] = [];
  private readonly calls: Part[] = [];

  constructor(readonly tx: EntityManager) {
    if (!tx.queryRunner?.isTransactionActive) throw new Error('writes are collected outside a transaction');
  }

  insert<T extends ObjectLiteral>(entity: new () => T, row: Partial<T>): void {
    const rows = this.inserts.get(entity);
    if (rows) rows.push(row);
    else this.inserts.set(entity, [row]);
  }

  update<T extends ObjectLiteral>(entity: new () => T, where: FindOptionsWhere<T>, change: Partial<T>): void {
    this.changes.push(partOf(this.tx.createQueryBuilder().update(entity).set(change).where(where)));
  }

  /** An `INSERT`, `UPDATE` or `DELETE` in SQL; its values are `$1` and so on. */
  run(text: string, values: readonly unknown[]): void {
    this.changes.push({ text, values });
  }

  /** A call of a function for what it does, if `condition` holds; their values are `$1` and so on. */
  call(text: string, values: readonly unknown[], condition = 'true'): void {
    this.calls.push({ text: `SELECT ${text} AS done WHERE ${condition}`, values });
  }

  /** Sends what was collected; nothing when there is nothing. */
  async send(): Promise<void> {
    const inserts = [...this.inserts].map(([entity, rows]) =>
      partOf(this.tx.createQueryBuilder().insert().into(entity).values(rows)),
    );
    const parts = [...inserts, ...this.changes, ...this.calls];
    if (parts.length === 0) return;
    const named = parts.map(({ text }, place) => `w${place} AS (${shift(text, valuesBefore(parts, place))})`);
    // A call in a WITH that nobody reads would not be made.
    const made = this.calls.map(
      (_, place) => `(SELECT count(done::text) FROM w${parts.length - this.calls.length + place})`,
    );
    await this.tx.query(
      `WITH ${named.join(',\n')} SELECT ${made.join(', ') || '1'}`,
      parts.flatMap(({ values }) => values),
    );
  }
}

function partOf(query: { getQueryAndParameters(): [string, unknown[]] }): Part {
  const [text, values] = query.getQueryAndParameters();
  return { text, values };
}

function valuesBefore(parts: readonly Part[], place: number): number {
  return parts.slice(0, place).reduce((count, { values }) => count + values.length, 0);
}

/** The same SQL with its values numbered from `by` on. */
function shift(text: string, by: number): string {
  return text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + by}`);
}
