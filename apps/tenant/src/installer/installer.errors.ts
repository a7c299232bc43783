import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  LICENSE_REQUIRED: {
    kind: 'payment_required',
    message: 'This package needs a license. Buy one and it installs itself.',
  },
  VERSION_NOT_FOUND: { kind: 'not_found', message: 'The hub has no such version of this package.' },
  RELEASE_YANKED: { kind: 'gone', message: 'This version was withdrawn by its publisher or the hub.' },
  ALREADY_INSTALLED: { kind: 'conflict', message: 'This version is installed.' },
  DOWNGRADE_REFUSED: { kind: 'conflict', message: 'A newer version is installed.' },
  INSTALL_IN_PROGRESS: { kind: 'conflict', message: 'This package is being installed. Wait until that is done.' },
  RELEASE_NOT_KEPT: { kind: 'not_found', message: 'This shop keeps no such release to go back to.' },
  JOB_NOT_FOUND: { kind: 'not_found', message: 'There is no such job.' },
} as const satisfies Record<string, Refusal>;

export class InstallerError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}) {
    super(code, REFUSALS[code], facts);
  }
}

/** A package that will not be installed, however often it is tried. `code` is what the job ends with. */
export class PackageRefused extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The package could not be had this time; another try may succeed. */
export class PackageUnavailable extends Error {
  readonly code = 'DOWNLOAD_FAILED';
}
