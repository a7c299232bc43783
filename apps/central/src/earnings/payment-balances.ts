import type { PaymentAccount } from './ledger-posting.entity.js';
import { shareOf, splitSale } from './split-sale.js';

export type Balances = Readonly<Record<PaymentAccount, number>>;

export interface PaymentFacts {
  readonly amountMinor: number;
  readonly commissionPercent: number;
  /** Tax within the amount; none when left out. */
  readonly taxMinor?: number;
  /** All that was refunded. */
  readonly refundedMinor: number;
  /** All that disputes hold or have lost. */
  readonly disputedMinor: number;
}

/**
 * Where the money of one payment is (money.md §2). Of what is neither refunded nor disputed its part of the tax is set aside and
 * the rest is divided between publisher and hub by the rate of the payment; the accounts sum to zero. More than was paid cannot
 * go back, and what is refunded cannot be disputed as well.
 */
export function balancesOf(facts: PaymentFacts): Balances {
  const { amountMinor, commissionPercent, taxMinor = 0, refundedMinor, disputedMinor } = facts;
  const refund = Math.min(refundedMinor, amountMinor);
  const dispute = Math.min(disputedMinor, amountMinor - refund);
  const kept = amountMinor - refund - dispute;
  const tax = amountMinor === 0 ? 0 : shareOf(kept, Math.min(taxMinor, amountMinor), amountMinor);
  const { publisherShare, commission } = splitSale(kept - tax, commissionPercent);
  return {
    merchant_payment: 0 - amountMinor,
    hub_fee: commission,
    publisher_payable: publisherShare,
    tax,
    refund,
    dispute,
  };
}
