import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  CLIENT_NOT_FOUND: { kind: 'not_found', message: 'No market client has this id.' },
  CLIENT_ORIGIN_REFUSED: {
    kind: 'invalid',
    message: 'An origin is https://host:2083 or https://host:2087, spelled as browsers print it.',
  },
  PACKAGE_UNKNOWN: { kind: 'not_found', message: 'No package has this marketplace id.' },
  PACKAGE_UNSELLABLE: {
    kind: 'invalid',
    message: 'Only packages that are paid once or by subscription can be sold here.',
  },
  NAMESPACE_UNKNOWN: { kind: 'not_found', message: 'Nobody owns this namespace.' },
  PRODUCT_EXISTS: { kind: 'conflict', message: 'This is on sale already, or a package of this name exists.' },
  PRICE_OF_LISTING: { kind: 'invalid', message: 'A license costs what its listing says.' },
  PRODUCT_NOT_FOUND: { kind: 'not_found', message: 'There is no such product, or it is not on sale.' },
  ORDER_NOT_FOUND: { kind: 'not_found', message: 'You have no such order.' },
  ORDER_ITEM_NOT_FOUND: { kind: 'not_found', message: 'There is no such certificate.' },
  ORDER_PAID: { kind: 'conflict', message: 'This order is paid, or given up. It cannot be changed any more.' },
  PRICE_CHANGED: { kind: 'conflict', message: 'This costs something else by now.' },
  ITEMS_NOT_TOGETHER: {
    kind: 'invalid',
    message: 'An order is of one currency, and a subscription is ordered alone. Order the others apart.',
  },
  ORDER_TOO_LARGE: { kind: 'invalid', message: 'This costs more than one payment may.' },
  URL_REFUSED: { kind: 'invalid', message: 'This is no address of a page of your server in a session of cPanel.' },
  CSR_REQUIRED: { kind: 'invalid', message: 'A certificate needs a certificate request.' },
  CSR_UNWANTED: { kind: 'invalid', message: 'Only certificates take a certificate request.' },
  CSR_NAME_UNKNOWN: { kind: 'invalid', message: 'The certificate request does not carry this name.' },
  IDEMPOTENCY_KEY_MALFORMED: { kind: 'invalid', message: 'Idempotency-Key is 1 to 255 printable characters.' },
  IDEMPOTENCY_KEY_REUSED: { kind: 'conflict', message: 'This Idempotency-Key was used for another request.' },
  CLIENT_REFUSED: { kind: 'forbidden', message: 'This server is not known here, or it is disabled.' },
} as const satisfies Record<string, Refusal>;

export class MarketError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}

const GRANT_REFUSALS = {
  invalid_request: { kind: 'invalid', message: 'A parameter is missing or malformed.' },
  unsupported_grant_type: { kind: 'invalid', message: 'Only authorization_code is supported.' },
  invalid_client: { kind: 'invalid', message: 'This server is not known here, or it is disabled.' },
  invalid_grant: {
    kind: 'invalid',
    message: 'The code is not valid, was used already, or belongs to another request.',
  },
} as const satisfies Record<string, Refusal>;

/** Why a code is not exchanged, as RFC 6749 §5.2 spells it. */
export class GrantError extends DomainError<keyof typeof GRANT_REFUSALS> {
  constructor(code: keyof typeof GRANT_REFUSALS) {
    super(code, GRANT_REFUSALS[code]);
  }
}
