import type { ArchiveError, ArchiveErrorCode } from '@hansa/archive';
import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';
import type { TrustError, TrustErrorCode } from '@hansa/trust';

const REFUSALS = {
  MARKETPLACE_ID_INVALID: { kind: 'invalid', message: 'A marketplace id is @vendor/name, in lower case.' },
  NAMESPACE_NOT_OWNED: { kind: 'forbidden', message: 'This namespace belongs to somebody else, or to nobody yet.' },
  LISTING_NOT_FOUND: { kind: 'not_found', message: 'There is no listing of this id. Put one before its releases.' },
  LISTING_URL_REFUSED: { kind: 'invalid', message: 'Icons and screenshots are http or https addresses.' },
  PRICE_KIND_MISMATCH: { kind: 'invalid', message: 'The price is 0 exactly when the kind is free.' },
  BILLING_INTERVAL_MISMATCH: { kind: 'invalid', message: 'A subscription, and nothing else, has a billing_interval.' },
  TRIAL_MISMATCH: { kind: 'invalid', message: 'Only a subscription has trial_days.' },
  PRICE_IN_THE_PAST: { kind: 'invalid', message: 'A price begins now or later.' },
  SIGNATURE_REQUIRED: { kind: 'invalid', message: 'Send the detached signature in x-release-signature.' },
  MANIFEST_MISSING: { kind: 'invalid', message: 'The archive has no manifest.json at its root.' },
  MANIFEST_INVALID: { kind: 'invalid', message: 'manifest.json is not as it must be; see details.' },
  PACKAGE_JSON_MISSING: { kind: 'invalid', message: 'The archive has no package.json at its root.' },
  PACKAGE_JSON_INVALID: { kind: 'invalid', message: 'package.json is not a JSON object.' },
  VERSION_MISMATCH: { kind: 'invalid', message: 'manifest.json and package.json name different versions.' },
  PLUGIN_ID_CHANGED: { kind: 'conflict', message: 'Earlier releases of this package have another manifest id.' },
  SIGNING_KEY_UNKNOWN: {
    kind: 'forbidden',
    message: 'The signature was made with a key that is not yours, or no longer.',
  },
  VERSION_TAKEN: {
    kind: 'conflict',
    message: 'This version exists with other bytes. A version stands for the same bytes for ever.',
  },
  RELEASE_NOT_FOUND: { kind: 'not_found', message: 'No release has this id.' },
  CLAIMED_BY_OTHER: { kind: 'conflict', message: 'Another operator reviews this release.' },
  APPROVED_BY_YOU: { kind: 'conflict', message: 'You have approved it already; another operator has to.' },
  NAMESPACE_UNVERIFIED: { kind: 'conflict', message: 'Verify the namespace of this publisher first.' },
  YANKED_BY_OPERATOR: { kind: 'forbidden', message: 'An operator yanked this release; ask for it to be brought back.' },
  SBOM_PENDING: { kind: 'not_found', message: 'The bill of materials is not written yet.' },
  ROLLOUT_LOWERED: { kind: 'conflict', message: 'What shops were offered is not taken back; halt or yank it.' },
  HALTED_BY_OPERATOR: { kind: 'forbidden', message: 'An operator halted this rollout; ask for it to go on.' },
  SUCCESSOR_REFUSED: {
    kind: 'invalid',
    message: 'A successor is another published package that is not deprecated itself.',
  },
  DEPRECATED_BY_OPERATOR: {
    kind: 'forbidden',
    message: 'An operator deprecated this package; ask for it to be lifted.',
  },
  FIX_IS_AFFECTED: { kind: 'invalid', message: 'fixed_in lies in the affected range itself.' },
  ADVISORY_NOT_FOUND: { kind: 'not_found', message: 'No advisory has this id.' },
  ADVISORY_BY_OPERATOR: {
    kind: 'forbidden',
    message: 'An operator published this advisory; ask for it to be withdrawn.',
  },
  STEP_NOT_ALLOWED: { kind: 'conflict', message: 'The release is in a state that does not allow this.' },
} as const satisfies Record<string, Refusal>;

export class ReleaseError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}

/** The upload broke a rule for archives (federation.md §5); the code is the archive library's. */
export class ArchiveRefused extends DomainError<ArchiveErrorCode> {
  constructor(cause: ArchiveError) {
    super(
      cause.code,
      { kind: 'invalid', message: cause.message },
      cause.path === undefined ? {} : { path: cause.path },
      { cause },
    );
  }
}

/** The signature does not hold for the upload; the code is the verifier's. */
export class SignatureRefused extends DomainError<TrustErrorCode> {
  constructor(cause: TrustError) {
    super(
      cause.code,
      { kind: 'invalid', message: cause.message },
      cause.field === undefined ? {} : { field: cause.field },
      { cause },
    );
  }
}
