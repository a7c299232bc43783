import type Stripe from 'stripe';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';
import { type DelayedMethod } from './delayed-methods.js';
import { type Behavior, type TestCard } from './test-cards.js';

/** A payment method and what happens when it is charged. Numbers are not kept: only what they stand for. */
export interface Instrument {
  readonly id: string;
  readonly method: Stripe.PaymentMethod;
  readonly behavior: Behavior;
}

export interface BillingDetails {
  readonly email: string | null;
  readonly name: string | null;
}

export interface CardEntry {
  readonly card: TestCard;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
}

/** Keeps a card as a payment method. */
export function addCard(work: Work, entry: CardEntry, billing: BillingDetails): Instrument {
  const { card, last4, expMonth, expYear } = entry;
  return add(work, card.behavior, billing, {
    type: 'card',
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand,
      exp_month: expMonth,
      exp_year: expYear,
      fingerprint: null,
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  });
}

/** Keeps a bank account that is debited later. */
export function addBankAccount(
  work: Work,
  method: DelayedMethod,
  account: string,
  billing: BillingDetails,
): Instrument {
  const last4 = account.slice(-4);
  const behavior: Behavior = { kind: 'settles', outcome: method.accounts[account] ?? 'succeeds' };
  if (method.type === 'sepa_debit') {
    return add(work, behavior, billing, {
      type: 'sepa_debit',
      sepa_debit: {
        bank_code: account.slice(4, 9),
        branch_code: '',
        country: account.slice(0, 2),
        fingerprint: null,
        generated_from: null,
        last4,
      },
    });
  }
  return add(work, behavior, billing, {
    type: 'us_bank_account',
    us_bank_account: {
      account_holder_type: 'individual',
      account_type: 'checking',
      bank_name: 'TEST BANK',
      financial_connections_account: null,
      fingerprint: null,
      last4,
      networks: null,
      routing_number: '110000000',
      status_details: null,
    },
  });
}

/** Attaches a payment method to a customer, so that later invoices can charge it. */
export function attachInstrument(work: Work, instrument: Instrument, customer: string): Instrument {
  if (instrument.method.customer === customer) return instrument;
  return work.store.put('instrument', { ...instrument, method: { ...instrument.method, customer } });
}

type MethodDetails = Pick<Stripe.PaymentMethod, 'type' | 'card' | 'sepa_debit' | 'us_bank_account'>;

function add(work: Work, behavior: Behavior, billing: BillingDetails, details: MethodDetails): Instrument {
  const method: Stripe.PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: billing.email, name: billing.name, phone: null, tax_id: null },
    created: work.now,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    ...details,
  };
  return work.store.put('instrument', { id: method.id, method, behavior });
}
