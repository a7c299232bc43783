import type { MerchantCaller } from '#auth';
import type { LicenseHolder } from '#licenses';

/** Who asks, as far as what was bought is his. An address that was only claimed opens nothing: a platform may send any. */
export function holderOf({ accountId, email, emailProven }: MerchantCaller): LicenseHolder {
  return { accountId, email: emailProven ? email : null };
}
