import { defineJob, jobCall, type Writes } from '@hansa/platform';

/** Brings the Composer rights of one license in line with it. */
export const followLicense = defineJob<{ licenseId: string }>('follow-license');

/** Has the rights follow a license that changed, when its listing sells Composer packages. By table: that feature lies above. */
export function followLicenseSoon(
  writes: Writes,
  { id, packageId }: { readonly id: string; readonly packageId: string },
): void {
  const { text, values } = jobCall(followLicense, { licenseId: id }, { key: `follow:${id}` });
  const sold = `EXISTS (SELECT 1 FROM composer_packages WHERE listing_id = $${values.length + 1})`;
  writes.call(text, [...values, packageId], sold);
}
