import { jointShare, type JointPart } from '#licenses';
import type { LedgerAccount } from './ledger-posting.entity.js';
import { balancesOf } from './payment-balances.js';

/** What the hub holds of one payment. */
export interface PaymentHere {
  readonly id: string;
  readonly orderId: string;
  readonly amountMinor: number;
  readonly taxMinor: number;
  readonly currency: string;
  readonly commissionPercent: number;
  /** `pi_…`; null when nothing has tied the payment to one yet. */
  readonly paymentIntent: string | null;
  /** Set when it is a part of that payment, which paid for other orders too. */
  readonly joint: JointPart | null;
  /** Balance of each account in the ledger, the currency of the payment. */
  readonly accounts: Readonly<Partial<Record<LedgerAccount, number>>>;
  /** `amount currency` of Stripe's fees as booked. */
  readonly fees: readonly string[];
}

/** What Stripe holds of one payment. */
export interface PaymentThere {
  readonly paymentIntent: string;
  /** From its metadata, if any. */
  readonly orderId: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly refundedMinor: number;
  /** What disputes hold or have lost. */
  readonly disputedMinor: number;
  /** Tax within the payment, as its session or invoice says. */
  readonly taxMinor: number;
  /** `amount currency` of Stripe's fees as charged. */
  readonly fees: readonly string[];
}

export interface PayoutHere {
  readonly id: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: 'planned' | 'paid' | 'failed';
  readonly stripeAccount: string;
  readonly stripeTransfer: string | null;
  /** Balance of its `payout` lines in the ledger. */
  readonly bookedMinor: number;
}

export interface TransferThere {
  readonly id: string;
  readonly payoutId: string | null;
  readonly amountMinor: number;
  readonly reversedMinor: number;
  readonly currency: string;
  readonly destination: string | null;
}

/** One thing that is not the same at Stripe and here. `about` is the order, payment or payout to look at. */
export interface Difference {
  readonly code:
    | 'PAYMENT_NOT_AT_STRIPE'
    | 'PAYMENT_NOT_HERE'
    | 'PAYMENT_DIFFERS'
    | 'ACCOUNT_DIFFERS'
    | 'FEES_DIFFER'
    | 'PAYOUT_NOT_AT_STRIPE'
    | 'PAYOUT_DIFFERS'
    | 'TRANSFER_NOT_HERE'
    | 'LEDGER_UNBALANCED'
    | 'ENTRY_UNEXPLAINED'
    | 'ORDER_WITHOUT_PAYMENT'
    | 'ORDER_NOT_PAID'
    | 'LICENSE_MISSING';
  readonly about: string;
  readonly what: string;
  /** By Stripe, or by what follows from it. */
  readonly expected: string | null;
  readonly found: string | null;
}

/** Compares payments with Stripe's to the cent: amount, where each cent is, and fees (money.md §6). */
export function comparePayments(here: readonly PaymentHere[], there: readonly PaymentThere[]): Difference[] {
  const atStripe = new Map(there.map((payment) => [payment.paymentIntent, payment]));
  const known = new Set(here.map(({ paymentIntent }) => paymentIntent));
  const unknown = there.filter(({ paymentIntent, orderId }) => orderId !== null && !known.has(paymentIntent));
  return [
    ...partsOf(here).flatMap((parts) => comparePayment(parts, atStripe.get(parts[0].paymentIntent ?? ''))),
    ...unknown.map(({ paymentIntent, orderId, amountMinor, currency }) =>
      difference('PAYMENT_NOT_HERE', orderId!, paymentIntent, sum(amountMinor, currency), null),
    ),
  ];
}

/** Compares payouts with Stripe's transfers. */
export function comparePayouts(here: readonly PayoutHere[], there: readonly TransferThere[]): Difference[] {
  const made = new Map<string, TransferThere[]>();
  for (const transfer of there) {
    const id = transfer.payoutId ?? '';
    made.set(id, [...(made.get(id) ?? []), transfer]);
  }
  const known = new Set(here.map(({ id }) => id));
  return [
    ...here.flatMap((payout) => comparePayout(payout, made.get(payout.id) ?? [])),
    ...there
      .filter(({ payoutId }) => payoutId !== null && !known.has(payoutId))
      .map(({ id, payoutId, amountMinor, currency }) =>
        difference('TRANSFER_NOT_HERE', payoutId!, id, sum(amountMinor, currency), null),
      ),
  ];
}

type Parts = readonly [PaymentHere, ...PaymentHere[]];

/** Payments as Stripe knows them: the parts of a joint one together. */
function partsOf(here: readonly PaymentHere[]): Parts[] {
  const joint = new Map<string, [PaymentHere, ...PaymentHere[]]>();
  const groups: Parts[] = [];
  for (const payment of here) {
    const known = payment.joint && joint.get(payment.paymentIntent ?? '');
    if (known) {
      known.push(payment);
      continue;
    }
    const parts: [PaymentHere, ...PaymentHere[]] = [payment];
    groups.push(parts);
    if (payment.joint) joint.set(payment.paymentIntent ?? '', parts);
  }
  return groups;
}

function comparePayment(parts: Parts, there: PaymentThere | undefined): Difference[] {
  const [{ orderId, id, currency }] = parts;
  const amount = parts.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const paid = sum(amount, currency);
  if (!there) return [difference('PAYMENT_NOT_AT_STRIPE', orderId, id, null, paid)];
  const received = sum(there.amountMinor, there.currency);
  if (received !== paid) return [difference('PAYMENT_DIFFERS', orderId, id, received, paid)];
  const fees = [there.fees, parts.flatMap((part) => part.fees)].map((side) => [...side].sort().join(', '));
  return [
    ...parts.flatMap((part) => compareAccounts(part, there)),
    ...(fees[0] === fees[1] ? [] : [difference('FEES_DIFFER', orderId, id, fees[0]!, fees[1]!)]),
  ];
}

function compareAccounts(part: PaymentHere, there: PaymentThere): Difference[] {
  const { orderId, id, accounts, amountMinor, joint } = part;
  const shareOf = (minor: number) => (joint ? jointShare(minor, amountMinor, joint) : minor);
  const back = { refundedMinor: shareOf(there.refundedMinor), disputedMinor: shareOf(there.disputedMinor) };
  const taxMinor = shareOf(there.taxMinor);
  const expected: Partial<Record<LedgerAccount, number>> = balancesOf({ ...part, ...back, taxMinor });
  const names = [...new Set([...Object.keys(expected), ...Object.keys(accounts)])] as LedgerAccount[];
  const wrong = names.filter((name) => (expected[name] ?? 0) !== (accounts[name] ?? 0));
  return wrong.map((name) =>
    difference('ACCOUNT_DIFFERS', orderId, `${id} ${name}`, text(expected[name]), text(accounts[name])),
  );
}

function comparePayout(here: PayoutHere, transfers: readonly TransferThere[]): Difference[] {
  const found = `${sum(here.amountMinor, here.currency)} to ${here.stripeAccount}`;
  const booked = here.status === 'failed' ? 0 : here.amountMinor;
  const ledger =
    here.bookedMinor === booked
      ? []
      : [difference('ACCOUNT_DIFFERS', here.id, 'payout', text(booked), text(here.bookedMinor))];
  const sent = transfers.map(
    ({ id, amountMinor, reversedMinor, currency, destination }) =>
      `${sum(amountMinor - reversedMinor, currency)} to ${String(destination)} by ${id}`,
  );
  // What is on its way may have arrived already or not.
  if (here.status === 'planned' && sent.length === 0) return ledger;
  const written = here.status === 'paid' ? `${found} by ${String(here.stripeTransfer)}` : null;
  if (here.status === 'paid' && sent.length === 0)
    return [...ledger, difference('PAYOUT_NOT_AT_STRIPE', here.id, 'transfer', null, written)];
  const isSame = sent.join(', ') === (written ?? '') || (here.status === 'planned' && sent.length === 1);
  return isSame ? ledger : [...ledger, difference('PAYOUT_DIFFERS', here.id, 'transfer', sent.join(', '), written)];
}

/** A difference in its usual order. */
export function difference(
  code: Difference['code'],
  about: string,
  what: string,
  expected: string | null,
  found: string | null,
): Difference {
  return { code, about, what, expected, found };
}

/** `4900 EUR`, in minor units. */
export function sum(amountMinor: number, currency: string): string {
  return `${amountMinor} ${currency}`;
}

function text(amount: number | undefined): string {
  return String(amount ?? 0);
}
