import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  SIGN_IN_FAILED: { kind: 'unauthenticated', message: 'E-mail or password is wrong.' },
  EMAIL_TAKEN: { kind: 'conflict', message: 'An account with this e-mail exists already.' },
  NAMESPACE_TAKEN: { kind: 'conflict', message: 'This namespace belongs to a publisher already.' },
  PUBLISHER_UNKNOWN: { kind: 'not_found', message: 'There is no such publisher.' },
  RATE_REFUSED: { kind: 'invalid', message: 'A rate is a whole percent from 0 to 100, valid from now on or later.' },
  PUBLISHER_KEY_REFUSED: { kind: 'invalid', message: 'This is no Ed25519 public key the hub accepts.' },
  PUBLISHER_KEY_TAKEN: { kind: 'conflict', message: 'This key belongs to another publisher.' },
  LINK_REFUSED: { kind: 'invalid', message: 'This link was used already or has expired.' },
  MERCHANT_NOT_ALLOWED: { kind: 'forbidden', message: 'This account cannot sign in.' },
  SHOP_NOT_FOUND: { kind: 'not_found', message: 'You have no shop with this id.' },
  MEMBER_NOT_FOUND: { kind: 'not_found', message: 'Nobody with this id belongs to this shop.' },
  ROLE_REQUIRED: { kind: 'forbidden', message: 'Your role in this shop does not allow it.' },
  LAST_OWNER: { kind: 'conflict', message: 'A shop keeps an owner. Make somebody else one first.' },
} as const satisfies Record<string, Refusal>;

export class AccountError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}
