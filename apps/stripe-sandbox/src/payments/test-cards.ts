/** What charging a payment method leads to. */
export type Behavior =
  /** `disputed`: the customer's bank takes it back at once. */
  | { readonly kind: 'succeeds'; readonly disputed?: true }
  /** The bank asks its customer first (3-D Secure), then does as `then` says. */
  | { readonly kind: 'challenges'; readonly then: 'succeeds' | 'declines' }
  /** `isKept`: fit to be kept for later, and declined then. */
  | { readonly kind: 'declines'; readonly decline: Decline; readonly isKept?: true }
  /** Accepted at once, decided later. */
  | { readonly kind: 'settles'; readonly outcome: 'succeeds' | 'fails' };

export interface Decline {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
}

export interface TestCard {
  readonly number: string;
  readonly brand: string;
  readonly behavior: Behavior;
  /** What the payment page says about it. */
  readonly about: string;
}

export const GENERIC_DECLINE: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
};

const NOT_A_TEST_CARD: Decline = {
  code: 'card_declined',
  declineCode: 'test_mode_live_card',
  message: 'Your card was declined. Your request was in test mode, but used a non test card.',
};

const INCORRECT_NUMBER: Decline = {
  code: 'incorrect_number',
  declineCode: null,
  message: 'Your card number is incorrect.',
};

/** Why a card cannot even be kept for later, null when it can. */
export function refusalToKeep(behavior: Behavior): string | null {
  return behavior.kind === 'declines' && !behavior.isKept ? behavior.decline.message : null;
}

const succeeds: Behavior = { kind: 'succeeds' };
const challenges: Behavior = { kind: 'challenges', then: 'succeeds' };
const declines = (code: string, declineCode: string | null, message: string): Behavior => ({
  kind: 'declines',
  decline: { code, declineCode, message },
});

/** Stripe's published test numbers, with their published outcomes. */
export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', brand: 'visa', behavior: succeeds, about: 'succeeds' },
  { number: '5555555555554444', brand: 'mastercard', behavior: succeeds, about: 'succeeds' },
  { number: '378282246310005', brand: 'amex', behavior: succeeds, about: 'succeeds' },
  {
    number: '4000000000000259',
    brand: 'visa',
    behavior: { kind: 'succeeds', disputed: true },
    about: 'succeeds, then disputed as fraudulent',
  },
  {
    number: '4000000000000341',
    brand: 'visa',
    behavior: { kind: 'declines', decline: GENERIC_DECLINE, isKept: true },
    about: 'can be kept, declined when charged',
  },
  { number: '4000000000003220', brand: 'visa', behavior: challenges, about: 'asks for 3-D Secure' },
  { number: '4000002500003155', brand: 'visa', behavior: challenges, about: 'asks for 3-D Secure' },
  { number: '4000002760003184', brand: 'visa', behavior: challenges, about: 'asks for 3-D Secure' },
  {
    number: '4000008400001629',
    brand: 'visa',
    behavior: { kind: 'challenges', then: 'declines' },
    about: 'asks for 3-D Secure, then declined',
  },
  {
    number: '4000000000000002',
    brand: 'visa',
    behavior: { kind: 'declines', decline: GENERIC_DECLINE },
    about: 'declined',
  },
  {
    number: '4000000000009995',
    brand: 'visa',
    behavior: declines('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
    about: 'insufficient funds',
  },
  {
    number: '4000000000009987',
    brand: 'visa',
    behavior: declines('card_declined', 'lost_card', 'Your card was declined.'),
    about: 'lost card',
  },
  {
    number: '4000000000000069',
    brand: 'visa',
    behavior: declines('expired_card', null, 'Your card has expired.'),
    about: 'expired',
  },
  {
    number: '4000000000000127',
    brand: 'visa',
    behavior: declines('incorrect_cvc', null, "Your card's security code is incorrect."),
    about: 'wrong security code',
  },
  {
    number: '4000000000000119',
    brand: 'visa',
    behavior: declines(
      'processing_error',
      null,
      'An error occurred while processing your card. Try again in a little bit.',
    ),
    about: 'processing error',
  },
];

/** Stripe's names for test cards, for scripts that confirm payment intents without a page. */
const TOKENS: Readonly<Record<string, string>> = {
  pm_card_visa: '4242424242424242',
  pm_card_mastercard: '5555555555554444',
  pm_card_amex: '378282246310005',
  pm_card_chargeDeclined: '4000000000000002',
  pm_card_visa_chargeDeclined: '4000000000000002',
  pm_card_chargeDeclinedInsufficientFunds: '4000000000009995',
  pm_card_chargeCustomerFail: '4000000000000341',
  pm_card_createDispute: '4000000000000259',
  pm_card_threeDSecure2Required: '4000000000003220',
  pm_card_authenticationRequired: '4000002760003184',
};

/** The card behind a typed number, or why it cannot be one. A number that is nobody's test card is declined. */
export function cardFor(number: string): TestCard | Decline {
  const known = TEST_CARDS.find((card) => card.number === number);
  if (known) return known;
  return passesLuhn(number) ? NOT_A_TEST_CARD : INCORRECT_NUMBER;
}

/** The card behind a name like `pm_card_visa`. */
export function cardForToken(token: string): TestCard | undefined {
  const number = new Map(Object.entries(TOKENS)).get(token);
  return TEST_CARDS.find((card) => card.number === number);
}

function passesLuhn(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false;
  const sum = Array.from(number)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
