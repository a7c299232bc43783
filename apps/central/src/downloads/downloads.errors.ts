import { LICENSE_REASONS, type LicenseReason } from '@hansa/contracts';
import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  RELEASE_NOT_FOUND: { kind: 'not_found', message: 'No published release has this id and version.' },
  RELEASE_YANKED: { kind: 'gone', message: 'This release was withdrawn. Take another version.' },
  LICENSE_REQUIRED: {
    kind: 'payment_required',
    message: 'This package is paid. Send x-license-key and x-instance-id.',
  },
  UPDATES_ENDED: { kind: 'forbidden', message: 'This release is newer than the license covers. Renew it for updates.' },
  DOWNLOAD_URL_REFUSED: { kind: 'forbidden', message: 'This download address is not valid. Ask for a new one.' },
  DOWNLOAD_URL_EXPIRED: { kind: 'forbidden', message: 'This download address has expired. Ask for a new one.' },
  ...(Object.fromEntries(
    LICENSE_REASONS.map((reason) => [
      reason,
      { kind: 'forbidden', message: 'The license does not cover this download.' },
    ]),
  ) as Record<LicenseReason, Refusal>),
} as const satisfies Record<string, Refusal>;

export class DownloadError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
