import type Stripe from 'stripe';
import { noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { readCurrency } from '../catalog/currencies.js';
import { recordEvent } from '../events/record-event.js';
import { addBalanceTransaction } from '../payments/balance-transactions.js';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';
import { findPayableAccount } from './accounts.js';

const MOST = 99_999_999_999;

/**
 * `POST /v1/transfers`: moves money of the platform to a connected account.
 *
 * @throws {ApiError} balance_insufficient, insufficient_capabilities_for_transfer
 */
export function createTransfer(work: Work, params: Params): Stripe.Transfer {
  const destination = findPayableAccount(work, params.requiredText('destination'));
  const currency = readCurrency(params, 'currency') ?? params.missing('currency');
  const amount = params.integer('amount', 1, MOST) ?? params.missing('amount');
  params.ignore('source_type');
  if (amount > balanceIn(work, currency)) {
    const message = 'You have insufficient available funds in your Stripe account.';
    throw refused(message, 'balance_insufficient');
  }
  const id = newId('tr');
  const transfer: Stripe.Transfer = {
    id,
    object: 'transfer',
    amount,
    amount_reversed: 0,
    balance_transaction: addBalanceTransaction(work, 'transfer', id, -amount, currency),
    created: work.now,
    currency,
    description: params.text('description') ?? null,
    destination: destination.id,
    destination_payment: newId('py'),
    livemode: false,
    metadata: params.metadata(),
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: null,
    source_type: 'card',
    transfer_group: params.text('transfer_group') ?? null,
  };
  work.store.put('transfer', transfer);
  recordEvent(work, 'transfer.created', transfer);
  return transfer;
}

/** `POST /v1/transfers/:id/reversals`: brings back all that is left of a transfer, or `amount` of it. */
export function createReversal(work: Work, id: string, params: Params): Stripe.TransferReversal {
  const before = findTransfer(work, id);
  const left = before.amount - before.amount_reversed;
  const amount = params.integer('amount', 1, MOST) ?? left;
  params.ignore('description', 'refund_application_fee');
  if (left === 0) throw refused(`Transfer ${id} is already fully reversed.`, 'transfer_already_reversed');
  if (amount > left) throw refused(`Reversal amount (${amount}) is greater than unreversed amount (${left}).`);
  const reversalId = newId('trr');
  const reversal: Stripe.TransferReversal = {
    id: reversalId,
    object: 'transfer_reversal',
    amount,
    balance_transaction: addBalanceTransaction(work, 'transfer_refund', reversalId, amount, before.currency),
    created: work.now,
    currency: before.currency,
    destination_payment_refund: null,
    metadata: params.metadata(),
    source_refund: null,
    transfer: id,
  };
  const after = work.store.put('transfer', {
    ...before,
    amount_reversed: before.amount_reversed + amount,
    reversed: amount === left,
    reversals: { ...before.reversals, data: [reversal, ...before.reversals.data] },
  });
  recordEvent(work, 'transfer.reversed', after, { amount_reversed: before.amount_reversed });
  return reversal;
}

/** @throws {ApiError} resource_missing */
export function findTransfer(work: Work, id: string): Stripe.Transfer {
  const transfer = work.store.get('transfer', id);
  if (!transfer) throw noSuch('transfer', id);
  return transfer;
}

/** `GET /v1/balance`: what all movements add up to, at once available. */
export function readBalance(work: Work): object {
  const currencies = new Set(work.store.all('balance_transaction').map(({ currency }) => currency));
  const available = [...currencies].map((currency) => ({ amount: balanceIn(work, currency), currency }));
  return { object: 'balance', available, livemode: false, pending: [] };
}

function balanceIn(work: Work, currency: string): number {
  const own = work.store.all('balance_transaction').filter((it) => it.currency === currency);
  return own.reduce((sum, { net }) => sum + net, 0);
}
