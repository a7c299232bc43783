import type { LedgerAccount } from './ledger-posting.entity.js';
import { splitSale } from './split-sale.js';

export type Balances = Readonly<Record<LedgerAccount, number>>;

export interface PaymentFacts {
  readonly amountMinor: number;
  readonly commissionPercent: number;
  /** All that was refunded. */
  readonly refundedMinor: number;
  /** All that disputes hold or have lost. */
  readonly disputedMinor: number;
}

/**
 * Where the money of one payment is. What is neither refunded nor disputed is divided between publisher and hub by the rate of
 * the payment; the accounts sum to zero. More than was paid cannot go back, and what is refunded cannot be disputed as well.
 */
export function balancesOf({ amountMinor, commissionPercent, refundedMinor, disputedMinor }: PaymentFacts): Balances {
  const refund = Math.min(refundedMinor, amountMinor);
  const dispute = Math.min(disputedMinor, amountMinor - refund);
  const { publisherShare, commission } = splitSale(amountMinor - refund - dispute, commissionPercent);
  return {
    merchant_payment: 0 - amountMinor,
    hub_fee: commission,
    publisher_payable: publisherShare,
    refund,
    dispute,
  };
}
