import { ulid } from 'ulid';

/** Prefixes of the ids that travel (federation.md §1 documents the first three). */
export type IdPrefix =
  | 'ccmp'
  | 'inst'
  | 'dly'
  | 'evt'
  | 'ord'
  | 'prc'
  | 'pay'
  | 'lic'
  | 'mail'
  | 'rel'
  | 'pub'
  | 'job'
  | 'acc'
  | 'key'
  | 'token'
  | 'cmt'
  | 'cver'
  | 'src'
  | 'whk'
  | 'adv'
  | 'ann'
  | 'pur'
  | 'mcl';

/** A fresh id: prefix, underscore, ULID, so that ids of one kind sort by age. */
export function newId<P extends IdPrefix>(prefix: P): `${P}_${string}` {
  return `${prefix}_${ulid()}`;
}
