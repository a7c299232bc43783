import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  HUB_METADATA_UNAVAILABLE: { kind: 'unavailable', message: 'The hub’s release metadata cannot be had.' },
  FEDERATION_ROOT_UNREADABLE: {
    kind: 'unavailable',
    message: 'CARPHACOM_FEDERATION_ROOT names no readable root of release metadata.',
  },
  RELEASE_NOT_IN_METADATA: { kind: 'unavailable', message: 'The hub’s signed metadata does not name this release.' },
} as const satisfies Record<string, Refusal>;

/** The metadata says nothing at this moment; another try may find it saying more. */
export class HubMetadataError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}

/** The hub, or somebody in its place, shows metadata that breaks the rules of TUF: forged, older than known, expired or mixed. */
export class MetadataRefused extends Error {
  readonly code = 'METADATA_REFUSED';
}
