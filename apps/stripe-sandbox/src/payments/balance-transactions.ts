import type Stripe from 'stripe';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';

/** Stripe's list price for European cards. Refunds do not give the fee back. */
const FEE_BASIS_POINTS = 150;
const FEE_FIXED = 25;

/** Kinds that reports call something else. */
const REPORTED_AS: Readonly<Record<string, string>> = { adjustment: 'dispute', transfer_refund: 'transfer_reversal' };

/** Writes what a charge, refund, dispute or transfer moved on the account, and returns its id. What goes back is negative. */
export function addBalanceTransaction(
  work: Work,
  type: 'charge' | 'refund' | 'adjustment' | 'transfer' | 'transfer_refund',
  source: string,
  amount: number,
  currency: string,
): string {
  const fee = type === 'charge' ? Math.round((amount * FEE_BASIS_POINTS) / 10_000) + FEE_FIXED : 0;
  const transaction: Stripe.BalanceTransaction = {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: work.now + 2 * 86_400,
    balance_type: 'payments',
    created: work.now,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: REPORTED_AS[type] ?? type,
    source,
    status: 'pending',
    type,
  };
  return work.store.put('balance_transaction', transaction).id;
}
