import type { DataSource } from 'typeorm';

export interface Part {
  readonly limit: number;
  readonly offset: number;
}

/** A list as SQL: what is shown of a row, which rows there are, in what order. Constant text; values come as parameters. */
export interface Listing<Row extends object> {
  readonly columns: string;
  /** `FROM … WHERE …` */
  readonly from: string;
  readonly order: string;
  /** Only a type: what `columns` make. */
  readonly row?: Row;
}

/** The part of a list a query asks for: the first 20 unless it says otherwise. */
export function partOf({ limit = 20, offset = 0 }: Partial<Part>): Part {
  return { limit, offset };
}

/** One part of a list with its times as RFC 3339 text, and how long the whole list is. */
export async function readPage<Row extends object>(
  db: DataSource,
  { columns, from, order }: Listing<Row>,
  values: readonly unknown[],
  { limit, offset }: Part,
): Promise<{ items: Row[]; count: number; limit: number; offset: number }> {
  const [counted]: { count: number }[] = await db.query(`SELECT count(*)::int AS count ${from}`, [...values]);
  const page = `LIMIT $${values.length + 1} OFFSET $${values.length + 2}`;
  const rows: Row[] = await db.query(`SELECT ${columns} ${from} ORDER BY ${order} ${page}`, [...values, limit, offset]);
  return { items: rows.map(onTheWire), count: counted!.count, limit, offset };
}

/** A pattern for ILIKE that finds the text anywhere and takes none of it for a wildcard; null when there is nothing to find. */
export function anywhere(search: string | undefined): string | null {
  return search === undefined ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
}

function onTheWire<Row extends object>(row: Row): Row {
  const written = Object.entries(row).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return Object.fromEntries(written) as Row;
}
