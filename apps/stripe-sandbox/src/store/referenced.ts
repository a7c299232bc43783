import { type TableName, type Tables } from './tables.js';
import { type Work } from './work.js';

/** A reference as the package types it: kept rows hold the id, `expand` puts the object there. */
type Reference = string | { readonly id: string } | null | undefined;

/** The row a field of another row refers to. */
export function referenced<T extends TableName>(work: Work, table: T, reference: Reference): Tables[T] | undefined {
  const id = idOf(reference);
  return id === null ? undefined : work.store.get(table, id);
}

/** The id in a reference, null for none. */
export function idOf(reference: Reference): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}
