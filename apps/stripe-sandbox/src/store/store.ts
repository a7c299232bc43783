import { type Change, type Journal } from './journal.js';
import { TABLE_NAMES, type TableName, type Tables } from './tables.js';

type Row = { readonly id: string };

/**
 * The tables in memory. `change` is the only way to write: its writes reach the journal as one line and memory as one
 * step, and a throw inside takes all of them back. Rows are frozen, so none can be edited behind the journal's back.
 */
export class Store {
  private readonly tables = new Map<TableName, Map<string, Row>>(TABLE_NAMES.map((name) => [name, new Map()]));
  private readonly listeners: (() => void)[] = [];
  private undo: (() => void)[] | null = null;
  private changes: Change[] = [];

  /** Without a journal nothing outlives the process. */
  constructor(private readonly journal: Journal | null) {
    for (const [table, id, row] of journal?.read() ?? []) {
      if (!this.tables.has(table)) continue;
      if (row === null) this.rows(table).delete(id);
      else this.rows(table).set(id, deepFreeze(row));
    }
  }

  /** Starts writing: the journal becomes one snapshot of what is here, then grows by a line for every change. */
  startJournal(): void {
    this.journal?.start(this.snapshot());
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    return this.rows(table).get(id) as Tables[T] | undefined;
  }

  /** In order of creation. */
  all<T extends TableName>(table: T): Tables[T][] {
    return [...this.rows(table).values()] as unknown as Tables[T][];
  }

  put<T extends TableName>(table: T, row: Tables[T]): Tables[T] {
    const rows = this.rows(table);
    const { id } = row as Row;
    const before = rows.get(id);
    this.written([table, id, row], () => (before ? rows.set(id, before) : rows.delete(id)));
    rows.set(id, deepFreeze(row as Row));
    return row;
  }

  delete(table: TableName, id: string): void {
    const rows = this.rows(table);
    const before = rows.get(id);
    if (!before) return;
    this.written([table, id, null], () => rows.set(id, before));
    rows.delete(id);
  }

  /** Runs `work` and keeps what it wrote; if it throws, or the journal cannot be written, nothing was written. */
  change<T>(work: () => T): T {
    if (this.undo) throw new Error('A change is already open.');
    this.undo = [];
    this.changes = [];
    let written = false;
    try {
      const result = work();
      if (this.changes.length > 0) this.journal?.append(this.changes);
      written = this.changes.length > 0;
      return result;
    } catch (error) {
      for (const takeBack of this.undo.reverse()) takeBack();
      throw error;
    } finally {
      this.undo = null;
      if (written) for (const listener of this.listeners) listener();
    }
  }

  /** Calls `listener` after every change that wrote something. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private rows(table: TableName): Map<string, Row> {
    const rows = this.tables.get(table);
    if (!rows) throw new Error(`No table ${table}.`);
    return rows;
  }

  private written(change: Change, takeBack: () => void): void {
    if (!this.undo) throw new Error('Writes belong inside change().');
    this.undo.push(takeBack);
    this.changes.push(change);
  }

  private *snapshot(): Generator<Change> {
    for (const [table, rows] of this.tables) for (const [id, row] of rows) yield [table, id, row];
  }
}

function deepFreeze<T extends object>(value: T): T {
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  }
  return value;
}
