import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { StripeGateway } from '#checkout';
import { JOINT_PART } from '#licenses';
import {
  comparePayments,
  comparePayouts,
  difference,
  sum,
  type Difference,
  type PaymentHere,
  type PaymentThere,
  type PayoutHere,
} from './compare-money.js';
import { Payout } from './payout.entity.js';
import { findInvoicedOrder, readPayments, readTransfers } from './stripe-money.js';

export interface MoneyProof {
  readonly payments: number;
  readonly payouts: number;
  /** Empty when everything is proven to the cent. */
  readonly differences: readonly Difference[];
}

/** Proves every order against Stripe and the ledger (money.md §6). It only reads. */
@Injectable()
export class MoneyCheck {
  constructor(
    private readonly dataSource: DataSource,
    private readonly stripe: StripeGateway,
  ) {}

  /** Money on its way while it runs shows as a difference that is gone the next time. @throws {CheckoutError} CHECKOUT_UNAVAILABLE */
  async run(): Promise<MoneyProof> {
    const client = this.stripe.requireConfigured();
    const [payments, payouts, faults] = await this.dataSource.transaction('REPEATABLE READ', async (tx) => [
      await listPayments(tx),
      await listPayouts(tx),
      await listFaults(tx),
    ]);
    const known = new Set(payments.map(({ paymentIntent }) => paymentIntent));
    const paid: PaymentThere[] = [];
    for (const payment of await readPayments(client)) {
      const isNamed = payment.orderId !== null || known.has(payment.paymentIntent);
      const orderId = isNamed ? payment.orderId : await findInvoicedOrder(client, payment.paymentIntent);
      paid.push({ ...payment, orderId });
    }
    const differences = [
      ...faults,
      ...comparePayments(payments, await this.ours(paid)),
      ...comparePayouts(payouts, await readTransfers(client)),
    ];
    return { payments: payments.length, payouts: payouts.length, differences };
  }

  /** Other software may share the Stripe account: a payment that names an order the hub never had is none of ours. */
  private async ours(paid: readonly PaymentThere[]): Promise<PaymentThere[]> {
    const named = [...new Set(paid.map(({ orderId }) => orderId))].filter((id) => id !== null);
    const rows: { id: string }[] = await this.dataSource.query('SELECT id FROM orders WHERE id = ANY ($1)', [named]);
    const orders = new Set(rows.map(({ id }) => id));
    return paid.map((payment) => ({ ...payment, orderId: orders.has(payment.orderId ?? '') ? payment.orderId : null }));
  }
}

async function listPayments(db: EntityManager): Promise<PaymentHere[]> {
  return db.query(
    `SELECT p.id, p.order_id AS "orderId", p.amount_minor AS "amountMinor", p.tax_minor AS "taxMinor", p.currency,
            o.commission_percent AS "commissionPercent",
            CASE WHEN p.joint_payment IS NOT NULL THEN p.joint_payment WHEN p.id LIKE 'pi\\_%' THEN p.id
                 ELSE i.payment_intent END AS "paymentIntent", ${JOINT_PART} AS joint,
            coalesce((SELECT json_object_agg(account, amount) FROM (
                        SELECT account, sum(amount_minor)::int AS amount FROM ledger_postings
                         WHERE payment_id = p.id AND order_id = p.order_id AND currency = p.currency GROUP BY account) s), '{}') AS accounts,
            ARRAY(SELECT sum(l.amount_minor) || ' ' || l.currency FROM stripe_fees f
                    JOIN ledger_postings l ON l.group_id = f.id AND l.account = 'stripe_fee'
                   WHERE f.payment_id = p.id GROUP BY f.id, l.currency) AS fees
       FROM license_periods p JOIN orders o ON o.id = p.order_id LEFT JOIN LATERAL
            (SELECT min(payment_intent) AS payment_intent FROM invoice_payments WHERE invoice = p.id) i ON true
      WHERE p.amount_minor > 0 ORDER BY p.order_id, p.id`,
  );
}

async function listPayouts(db: EntityManager): Promise<PayoutHere[]> {
  const booked: { id: string; amount: string }[] = await db.query(
    `SELECT payment_id AS id, sum(amount_minor) AS amount FROM ledger_postings WHERE account = 'payout' GROUP BY payment_id`,
  );
  const sums = new Map(booked.map(({ id, amount }) => [id, Number(amount)]));
  const payouts = await db.find(Payout, { order: { id: 'ASC' } });
  return payouts.map(({ id, amountMinor, currency, status, stripeAccount, stripeTransfer }) => {
    const bookedMinor = sums.get(id) ?? 0;
    return { id, amountMinor, currency, status, stripeAccount, stripeTransfer, bookedMinor };
  });
}

/** What is wrong whatever Stripe says. */
async function listFaults(db: EntityManager): Promise<Difference[]> {
  const groups: { group_id: string; currency: string; amount: string }[] = await db.query(
    `SELECT group_id, currency, sum(amount_minor) AS amount FROM ledger_postings
      GROUP BY group_id, currency HAVING sum(amount_minor) <> 0 ORDER BY group_id`,
  );
  const strays: { id: string; about: string; account: string; amount: number; currency: string }[] = await db.query(
    `SELECT l.id, coalesce(l.order_id, l.payment_id) AS about, l.account, l.amount_minor AS amount, l.currency FROM ledger_postings l
      WHERE NOT EXISTS (SELECT 1 FROM payouts y WHERE l.order_id IS NULL AND y.id = l.payment_id AND y.publisher_id = l.publisher_id)
        AND NOT EXISTS (SELECT 1 FROM license_periods p LEFT JOIN stripe_fees f ON f.payment_id = p.id AND f.id = l.payment_id
                          JOIN orders o ON o.id = p.order_id JOIN packages k ON k.id = o.package_id
                         WHERE o.id = l.order_id AND k.publisher_id = l.publisher_id
                           AND (f.id IS NOT NULL OR (p.id = l.payment_id AND p.currency = l.currency)))
      ORDER BY l.id`,
  );
  const orders: { id: string; status: string; payments: number; licenses: number }[] = await db.query(
    `SELECT * FROM (SELECT o.id, o.status, (SELECT count(*)::int FROM license_periods WHERE order_id = o.id) AS payments,
                           (SELECT count(*)::int FROM licenses l WHERE l.order_id = o.id OR l.id = o.license_id) AS licenses,
                           o.license_id FROM orders o) AS counted
      WHERE (status = 'paid') <> (payments > 0) OR (status = 'paid' AND licenses <> 1) OR (status <> 'paid' AND license_id IS NULL AND licenses > 0)
      ORDER BY id`,
  );
  return [
    ...groups.map(({ group_id: id, currency, amount }) =>
      difference('LEDGER_UNBALANCED', id, 'group', sum(0, currency), sum(Number(amount), currency)),
    ),
    ...strays.map(({ id, about, account, amount, currency }) =>
      difference('ENTRY_UNEXPLAINED', about, `line ${id} ${account}`, null, sum(amount, currency)),
    ),
    ...orders.map(({ id, status, payments, licenses }) => {
      if (status === 'paid' && payments === 0) return difference('ORDER_WITHOUT_PAYMENT', id, 'payments', '1', '0');
      if (status === 'paid') return difference('LICENSE_MISSING', id, 'licenses', '1', String(licenses));
      return difference('ORDER_NOT_PAID', id, 'status', 'paid', status);
    }),
  ];
}
