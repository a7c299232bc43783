import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  INSTANCE_UNKNOWN: { kind: 'not_found', message: 'No instance with this id is registered.' },
  CLONE_UNKNOWN: { kind: 'not_found', message: 'This instance is not on the list of those seen in two places.' },
  INSTANCE_ID_REFUSED: { kind: 'invalid', message: 'The instance id cannot be read. Seal it afresh for this hub.' },
  INSTANCE_KEY_REFUSED: { kind: 'invalid', message: 'public_key is no Ed25519 public key the hub accepts.' },
  INSTANCE_PROOF_REQUIRED: {
    kind: 'unauthenticated',
    message: 'This instance is registered. Sign the call with its key.',
  },
  INSTANCE_TOKEN_REFUSED: {
    kind: 'unauthenticated',
    message: 'The instance token is missing, wrong, expired or used.',
  },
} as const satisfies Record<string, Refusal>;

export class InstanceError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}
