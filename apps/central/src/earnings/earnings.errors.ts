import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  PAYOUT_ACCOUNT_MISSING: { kind: 'not_found', message: 'This publisher has no payout account yet. Open one first.' },
  PAYOUT_ACCOUNT_REFUSED: { kind: 'invalid', message: 'Stripe does not open a payout account with these details.' },
  PAYOUTS_UNAVAILABLE: { kind: 'unavailable', message: 'Payouts are not available at the moment. Try again later.' },
  WEEK_REFUSED: { kind: 'invalid', message: 'A week is the Monday it begins with (YYYY-MM-DD), and it must be over.' },
} as const satisfies Record<string, Refusal>;

export class EarningsError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}
