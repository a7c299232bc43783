import type { EntityManager } from 'typeorm';

/** Notes that it is `now` at this shop, and says the latest moment that was ever noted: a clock moved back gains nothing. */
export async function noteTime(tx: EntityManager, now: Date): Promise<Date> {
  const rows: { latest: Date }[] = await tx.query(
    `INSERT INTO shop_clock AS c (id, latest) VALUES (1, $1)
     ON CONFLICT (id) DO UPDATE SET latest = greatest(c.latest, excluded.latest) RETURNING latest`,
    [now],
  );
  return rows[0]!.latest;
}

/** Takes the hub's word for the time: it also mends a clock that stood in the future once. */
export async function setTime(tx: EntityManager, at: Date): Promise<void> {
  await tx.query(
    'INSERT INTO shop_clock (id, latest) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET latest = excluded.latest',
    [at],
  );
}
