import type { LicenseResponseFile } from '@hansa/contracts';
import type { OfflineAnswer } from './offline-requests.service.js';

/** An answer as the file that is carried back. */
export function answerView({ token, revocations, text, licenseId, instanceId }: OfflineAnswer): LicenseResponseFile {
  return { license_response: token, revocations, text, license_id: licenseId, instance_id: instanceId };
}
