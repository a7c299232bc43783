import type Stripe from 'stripe';
import { recordEvent } from '../events/record-event.js';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';
import { addBalanceTransaction } from './balance-transactions.js';
import { type Instrument } from './instrument.js';
import { type Decline } from './test-cards.js';

type ChargeStatus = 'succeeded' | 'pending' | 'failed';

/** Writes the charge that an attempt to pay leaves behind, with its event. */
export function addCharge(
  work: Work,
  intent: Stripe.PaymentIntent,
  instrument: Instrument,
  status: ChargeStatus,
  decline: Decline | null = null,
): Stripe.Charge {
  const captured = status !== 'failed' && intent.capture_method !== 'manual';
  const { method } = instrument;
  const charge: Stripe.Charge = {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'STRIPE SANDBOX',
    captured,
    created: work.now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(status, decline),
    paid: status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(method),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status,
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
  return finishCharge(work, charge);
}

/** Decides a pending charge. */
export function settleCharge(work: Work, charge: Stripe.Charge, decline: Decline | null): Stripe.Charge {
  const status = decline ? 'failed' : 'succeeded';
  return finishCharge(work, {
    ...charge,
    status,
    paid: !decline,
    captured: !decline,
    amount_captured: decline ? 0 : charge.amount,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    outcome: outcomeOf(status, decline),
  });
}

/** Takes the money a manual payment has held. */
export function captureCharge(work: Work, charge: Stripe.Charge, amount: number): Stripe.Charge {
  const captured: Stripe.Charge = { ...charge, captured: true, amount_captured: amount };
  const transaction = addBalanceTransaction(work, 'charge', charge.id, amount, charge.currency);
  const kept = work.store.put('charge', { ...captured, balance_transaction: transaction });
  recordEvent(work, 'charge.captured', kept);
  return kept;
}

function finishCharge(work: Work, charge: Stripe.Charge): Stripe.Charge {
  const moved = charge.status === 'succeeded' && charge.captured;
  const transaction = moved ? addBalanceTransaction(work, 'charge', charge.id, charge.amount, charge.currency) : null;
  const kept = work.store.put('charge', { ...charge, balance_transaction: transaction });
  recordEvent(work, `charge.${charge.status}`, kept);
  return kept;
}

function outcomeOf(status: ChargeStatus, decline: Decline | null): Stripe.Charge['outcome'] {
  return {
    advice_code: decline ? 'try_again_later' : null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason: decline?.declineCode ?? null,
    risk_level: 'normal',
    risk_score: 10,
    seller_message: decline ? 'The bank did not return any further details with this decline.' : 'Payment complete.',
    type: status === 'failed' ? 'issuer_declined' : 'authorized',
  };
}

function detailsOf({
  type,
  card,
  sepa_debit: sepa,
  us_bank_account: bank,
}: Stripe.PaymentMethod): Stripe.Charge['payment_method_details'] {
  if (card) {
    return {
      type,
      card: {
        amount_authorized: null,
        authorization_code: null,
        brand: card.brand,
        checks: card.checks,
        country: card.country,
        electronic_commerce_indicator: null,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        fingerprint: null,
        funding: card.funding,
        installments: null,
        last4: card.last4,
        mandate: null,
        network: card.brand,
        network_token: { used: false },
        network_transaction_id: null,
        regulated_status: card.regulated_status,
        three_d_secure: null,
        transaction_link_id: null,
        wallet: null,
      },
    };
  }
  if (sepa) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
  }
  if (!bank) return { type };
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = bank;
  return {
    type,
    us_bank_account: {
      account_holder_type,
      account_type,
      bank_name,
      fingerprint,
      last4,
      mandate: undefined,
      payment_reference: null,
      routing_number,
    },
  };
}
