import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  METADATA_NOT_FOUND: { kind: 'not_found', message: 'There is no such metadata.' },
  ROOT_UNREADABLE: { kind: 'invalid', message: 'This is no draft of a root.' },
  ROOT_NOT_NEXT: { kind: 'conflict', message: 'The draft does not follow the current root. Draft it again.' },
  ROOT_EXPIRED: { kind: 'invalid', message: 'The draft has expired. Draft it again.' },
  ROOT_UNDERSIGNED: { kind: 'invalid', message: 'Too few of the keys that must have signed it.' },
  ROOT_BINS_CHANGED: { kind: 'invalid', message: 'The draft spreads targets otherwise than this hub does.' },
  ROOT_KEYS_FEW: { kind: 'invalid', message: 'The threshold must be at least 1 and at most the number of keys.' },
  ONLINE_KEY_NOT_IN_ROOT: {
    kind: 'unavailable',
    message: 'The root names none of the live online keys. Draft, sign and publish a new one.',
  },
} as const satisfies Record<string, Refusal>;

export class TufError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}
