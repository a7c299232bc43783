import { defineJob, enqueue } from '@hansa/platform';
import type { EntityManager } from 'typeorm';

/** Brings the Composer rights of one license in line with it. */
export const followLicense = defineJob<{ licenseId: string }>('follow-license');

/** Has the rights follow a license that changed, when its listing sells Composer packages. By table: that feature lies above. */
export async function followLicenseSoon(
  tx: EntityManager,
  { id, packageId }: { readonly id: string; readonly packageId: string },
): Promise<void> {
  const sold = await tx.query<object[]>('SELECT 1 FROM composer_packages WHERE listing_id = $1 LIMIT 1', [packageId]);
  if (sold.length > 0) await enqueue(tx, followLicense, { licenseId: id }, { key: `follow:${id}` });
}
