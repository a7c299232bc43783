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
  NEEDED_BY_OTHERS: { kind: 'conflict', message: 'Other plugins need this one. Remove them first.' },
  PACKAGE_MISSING: { kind: 'invalid', message: 'The body must be a package, as application/zip.' },
  PACKAGE_TOO_LARGE: { kind: 'too_large', message: 'The package is larger than this shop accepts.' },
  PUBLISHER_KEY_UNREADABLE: { kind: 'invalid', message: 'x-publisher-key must be a JWK in base64url.' },
  RELEASE_NOT_KEPT: { kind: 'not_found', message: 'This shop keeps no such release to go back to.' },
  JOB_NOT_FOUND: { kind: 'not_found', message: 'There is no such job.' },
} as const satisfies Record<string, Refusal>;

export class InstallerError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}) {
    super(code, REFUSALS[code], facts);
  }
}

/** An uploaded package nobody can even order: its archive or manifest is broken. The code says how. */
export class UploadRefused extends DomainError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(code, { kind: 'invalid', message }, {}, options);
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
