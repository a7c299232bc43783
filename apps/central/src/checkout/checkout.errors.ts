import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  PACKAGE_NOT_FOUND: { kind: 'not_found', message: 'No package has this marketplace id.' },
  VERSION_NOT_FOUND: { kind: 'not_found', message: 'This package has no published release of this version.' },
  VERSION_YANKED: { kind: 'gone', message: 'This version was withdrawn. Choose another.' },
  ITEM_IS_FREE: { kind: 'invalid', message: 'This package is free. Install it without buying it.' },
  ALREADY_LICENSED: { kind: 'conflict', message: 'This instance has a valid license for this package.' },
  LICENSE_NOT_HELD: { kind: 'not_found', message: 'This instance has no such license for this package.' },
  NOT_RENEWABLE: { kind: 'conflict', message: 'This license is not renewed by an order.' },
  SEATS_NOT_SOLD: { kind: 'invalid', message: 'This package is not sold by instance.' },
  ORDER_TOO_LARGE: { kind: 'invalid', message: 'This is more than one order can be about.' },
  INVOICE_UNKNOWN: { kind: 'not_found', message: 'You have no such invoice.' },
  IDEMPOTENCY_KEY_MALFORMED: { kind: 'invalid', message: 'Idempotency-Key is 1 to 255 printable characters.' },
  IDEMPOTENCY_KEY_REUSED: { kind: 'conflict', message: 'This Idempotency-Key was used for another request.' },
  CHECKOUT_UNAVAILABLE: { kind: 'unavailable', message: 'Payments are not available at the moment. Try again later.' },
  STRIPE_SIGNATURE_REFUSED: { kind: 'invalid', message: 'The signature of this event is missing, wrong or too old.' },
  STRIPE_EVENT_OF_OTHER_MODE: { kind: 'invalid', message: 'This event is of Stripe’s other mode, live or test.' },
} as const satisfies Record<string, Refusal>;

export class CheckoutError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}
