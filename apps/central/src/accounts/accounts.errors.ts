import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  SIGN_IN_FAILED: { kind: 'unauthenticated', message: 'E-mail or password is wrong.' },
  EMAIL_UNVERIFIED: { kind: 'forbidden', message: 'Prove your address first, with the code from the letter.' },
  PROOF_REFUSED: { kind: 'invalid', message: 'This code is wrong or too old. Ask for another letter.' },
  RESET_REFUSED: { kind: 'invalid', message: 'This link was used or is too old. Ask for another letter.' },
  SECOND_FACTOR_REQUIRED: { kind: 'unauthenticated', message: 'Send the code of your authenticator app too.' },
  SECOND_FACTOR_REFUSED: { kind: 'unauthenticated', message: 'This code is wrong, or was used already.' },
  SECOND_FACTOR_ON: { kind: 'conflict', message: 'The account has a second factor already.' },
  ACCOUNT_UNKNOWN: { kind: 'not_found', message: 'No account has this address.' },
  AGREEMENT_OUTDATED: { kind: 'conflict', message: 'Another version of the publisher agreement is in force.' },
  NAMESPACE_LIMIT: { kind: 'conflict', message: 'Wait until an operator has verified the namespaces you claimed.' },
  NAMESPACE_UNKNOWN: { kind: 'not_found', message: 'Nobody has claimed this namespace.' },
  INVITATION_LIMIT: { kind: 'conflict', message: 'Too many invitations are open.' },
  INVITATION_REFUSED: { kind: 'invalid', message: 'This invitation is wrong, too old, or for another address.' },
  KEY_NOT_FOUND: { kind: 'not_found', message: 'The publisher has no such key.' },
  KEY_LIMIT: { kind: 'conflict', message: 'Revoke keys you do not use before you add another.' },
  KEY_VALIDITY_INVALID: { kind: 'invalid', message: 'A key must end after it begins, and not in the past.' },
  EMAIL_TAKEN: { kind: 'conflict', message: 'An account with this e-mail exists already.' },
  NAMESPACE_TAKEN: { kind: 'conflict', message: 'This namespace belongs to a publisher already.' },
  PUBLISHER_UNKNOWN: { kind: 'not_found', message: 'There is no such publisher.' },
  RATE_REFUSED: { kind: 'invalid', message: 'A rate is a whole percent from 0 to 100, valid from now on or later.' },
  PUBLISHER_KEY_REFUSED: { kind: 'invalid', message: 'This is no Ed25519 public key the hub accepts.' },
  PUBLISHER_KEY_TAKEN: { kind: 'conflict', message: 'This key belongs to another publisher.' },
  LINK_REFUSED: { kind: 'invalid', message: 'This link was used already or has expired.' },
  MERCHANT_NOT_ALLOWED: { kind: 'forbidden', message: 'This account cannot sign in.' },
  SHOP_NOT_FOUND: { kind: 'not_found', message: 'You have no shop with this id.' },
  MEMBER_NOT_FOUND: { kind: 'not_found', message: 'Nobody with this id belongs to this shop or publisher.' },
  ROLE_REQUIRED: { kind: 'forbidden', message: 'Your role in this shop does not allow it.' },
  LAST_OWNER: { kind: 'conflict', message: 'One owner stays. Make somebody else one first.' },
} as const satisfies Record<string, Refusal>;

export class AccountError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}
