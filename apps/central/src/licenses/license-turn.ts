/**
 * SQL that waits for its turn among everything that happens to what one merchant bought of one package for one instance, until the
 * transaction ends: two orders that are paid at the same moment must find each other, or both would make a license. Take it after
 * the lock of the order and before that of the license.
 */
export function turnOf(packageId: string, instanceId: string, customerEmail: string): string {
  const what = `'hansa:license:' || ${packageId} || ':' || ${instanceId} || ':' || lower(${customerEmail})`;
  return `pg_advisory_xact_lock(hashtextextended(${what}, 0))::text`;
}

/**
 * SQL condition for the licenses `l` an order may add to: the one it names, its own, or for a purchase the one its merchant has of
 * the same kind. Not one that was given away or bought on top on purpose, and none an operator took back. `o` are the order's
 * columns, by their names in code.
 */
export function mayAddTo(o: (column: OrderColumn) => string): string {
  return `(l.id = ${o('licenseId')} OR l.order_id = ${o('id')}
    OR (${o('purpose')} = 'purchase' AND NOT ${o('isSeparate')} AND l.package_id = ${o('packageId')}
        AND l.instance_id = ${o('instanceId')} AND lower(l.customer_email) = lower(${o('customerEmail')})
        AND l.kind = ${o('licenseKind')} AND l.hold IS DISTINCT FROM 'revoked'
        AND (SELECT NOT s.is_separate FROM orders s WHERE s.id = l.order_id)))`;
}

/** Columns of an order that say what it adds to. */
export type OrderColumn =
  'id' | 'licenseId' | 'purpose' | 'isSeparate' | 'packageId' | 'instanceId' | 'customerEmail' | 'licenseKind';
