import type Stripe from 'stripe';
import { noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { recordEvent } from '../events/record-event.js';
import { newId } from '../store/ids.js';
import { referenced } from '../store/referenced.js';
import { type Work } from '../store/work.js';
import { addBalanceTransaction } from './balance-transactions.js';

const DAYS_TO_ANSWER = 7;
/** What Stripe's test mode decides by: the text of the evidence. */
const VERDICTS: Readonly<Record<string, 'won' | 'lost'>> = { winning_evidence: 'won', losing_evidence: 'lost' };

type Verdict = 'won' | 'lost';

/**
 * The customer's bank takes a charge back until the dispute is decided.
 *
 * @throws {ApiError} when nothing was paid, or it is disputed already
 */
export function openDispute(work: Work, charge: Stripe.Charge): Stripe.Dispute {
  if (charge.status !== 'succeeded' || !charge.captured) throw refused(`Charge ${charge.id} has not been paid.`);
  if (charge.disputed) throw refused(`Charge ${charge.id} is disputed already.`);
  const id = newId('dp');
  const amount = charge.amount_captured;
  const withdrawn = addBalanceTransaction(work, 'adjustment', id, -amount, charge.currency);
  const dispute = work.store.put('dispute', {
    ...constantsOf(),
    id,
    amount,
    balance_transactions: [work.store.get('balance_transaction', withdrawn)!],
    charge: charge.id,
    created: work.now,
    currency: charge.currency,
    evidence_details: {
      due_by: work.now + DAYS_TO_ANSWER * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status: 'needs_response',
  });
  work.store.put('charge', { ...charge, disputed: true });
  recordEvent(work, 'charge.dispute.created', dispute);
  recordEvent(work, 'charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** Decides an open dispute; a won one brings the money back. @throws {ApiError} when it is decided already */
export function decideDispute(work: Work, id: string, verdict: Verdict): Stripe.Dispute {
  const dispute = findDispute(work, id);
  if (dispute.status !== 'needs_response' && dispute.status !== 'under_review')
    throw refused(`This dispute is already closed.`, 'dispute_already_closed');
  const reinstated =
    verdict === 'won' ? addBalanceTransaction(work, 'adjustment', id, dispute.amount, dispute.currency) : null;
  const transactions = reinstated === null ? [] : [work.store.get('balance_transaction', reinstated)!];
  const closed = work.store.put('dispute', {
    ...dispute,
    status: verdict,
    balance_transactions: [...dispute.balance_transactions, ...transactions],
  });
  if (reinstated !== null) recordEvent(work, 'charge.dispute.funds_reinstated', closed);
  recordEvent(work, 'charge.dispute.closed', closed);
  return closed;
}

/** `POST /v1/disputes/:id`: `winning_evidence` wins and `losing_evidence` loses, as in Stripe's test mode. */
export function updateDispute(work: Work, id: string, params: Params): Stripe.Dispute {
  const dispute = findDispute(work, id);
  const metadata = params.metadata('metadata', dispute.metadata);
  const submit = params.boolean('submit') ?? true;
  const text = params.object('evidence')?.text('uncategorized_text', 20_000) ?? dispute.evidence.uncategorized_text;
  const updated = work.store.put('dispute', {
    ...dispute,
    metadata,
    evidence: { ...dispute.evidence, uncategorized_text: text },
    evidence_details: { ...dispute.evidence_details, has_evidence: text !== null },
  });
  if (!submit || text === null) return updated;
  const verdict = new Map(Object.entries(VERDICTS)).get(text);
  if (verdict) return decideDispute(work, id, verdict);
  const details = { ...updated.evidence_details, submission_count: updated.evidence_details.submission_count + 1 };
  const reviewed = work.store.put('dispute', { ...updated, status: 'under_review', evidence_details: details });
  recordEvent(work, 'charge.dispute.updated', reviewed);
  return reviewed;
}

/** @throws {ApiError} resource_missing */
export function findDispute(work: Work, id: string): Stripe.Dispute {
  const dispute = work.store.get('dispute', id);
  if (!dispute) throw noSuch('dispute', id);
  return dispute;
}

/** Opens a dispute about a charge or the payment it made. @throws {ApiError} resource_missing */
export function disputePayment(work: Work, id: string): Stripe.Dispute {
  const charge =
    work.store.get('charge', id) ?? referenced(work, 'charge', work.store.get('payment_intent', id)?.latest_charge);
  if (!charge) throw noSuch('charge', id);
  return openDispute(work, charge);
}

/** The parts of a dispute that are the same for all disputes of the sandbox. */
function constantsOf() {
  return {
    object: 'dispute',
    enhanced_eligibility_types: [],
    evidence: {
      access_activity_log: null,
      billing_address: null,
      cancellation_policy: null,
      cancellation_policy_disclosure: null,
      cancellation_rebuttal: null,
      customer_communication: null,
      customer_email_address: null,
      customer_name: null,
      customer_purchase_ip: null,
      customer_signature: null,
      duplicate_charge_documentation: null,
      duplicate_charge_explanation: null,
      duplicate_charge_id: null,
      enhanced_evidence: {},
      product_description: null,
      receipt: null,
      refund_policy: null,
      refund_policy_disclosure: null,
      refund_refusal_explanation: null,
      service_date: null,
      service_documentation: null,
      shipping_address: null,
      shipping_carrier: null,
      shipping_date: null,
      shipping_documentation: null,
      shipping_tracking_number: null,
      uncategorized_file: null,
      uncategorized_text: null,
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    network_reason_code: '10.4',
  } satisfies Partial<Stripe.Dispute>;
}
