import { paymentsOf } from '../billing/invoices.js';
import { lineItemsOf } from '../checkout/sessions.js';
import { presentEvent } from '../events/record-event.js';
import { type Work } from '../store/work.js';
import { invalidParameter } from './api-error.js';

const MAX_DEPTH = 4;

type Fields = Readonly<Record<string, unknown>>;

/** Objects by the beginning of their id. */
const BY_PREFIX: Readonly<Record<string, (work: Work, id: string) => object | null | undefined>> = {
  acct: (work, id) => work.store.get('account', id),
  ch: (work, id) => work.store.get('charge', id),
  cs: (work, id) => work.store.get('checkout', id)?.session,
  cus: (work, id) => work.store.get('customer', id),
  dp: (work, id) => work.store.get('dispute', id),
  evt: (work, id) => presentEvent(work, id),
  in: (work, id) => work.store.get('invoice', id),
  pi: (work, id) => work.store.get('payment_intent', id),
  pm: (work, id) => work.store.get('instrument', id)?.method,
  price: (work, id) => work.store.get('price', id),
  prod: (work, id) => work.store.get('product', id),
  re: (work, id) => work.store.get('refund', id),
  sub: (work, id) => work.store.get('subscription', id),
  tr: (work, id) => work.store.get('transfer', id),
  trr: (work, id) =>
    work.store
      .all('transfer')
      .flatMap(({ reversals }) => reversals.data)
      .find((reversal) => reversal.id === id),
  txn: (work, id) => work.store.get('balance_transaction', id),
};

/** Lists that are only there when asked for. */
const INCLUDED: Readonly<Record<string, (work: Work, id: string) => object>> = {
  'checkout.session.line_items': lineItemsOf,
  'invoice.payments': paymentsOf,
  'charge.refunds': (work, id) => ({
    object: 'list',
    data: work.store
      .all('refund')
      .filter(({ charge }) => charge === id)
      .reverse(),
    has_more: false,
    url: `/v1/refunds?charge=${id}`,
  }),
};

/**
 * Replaces ids by objects along each path: `payment_intent.latest_charge`, or `data.customer` in a list.
 *
 * @throws {ApiError} for a path that is too deep or leads nowhere
 */
export function expand(work: Work, answer: object, paths: readonly string[]): object {
  return paths.reduce((result, path) => {
    const segments = path.split('.');
    const depth = segments.filter((segment) => segment !== 'data').length;
    if (depth > MAX_DEPTH)
      throw invalidParameter('expand', `You cannot expand more than ${MAX_DEPTH} levels of a property.`);
    return expandPath(work, result as Fields, segments, path);
  }, answer);
}

function expandPath(work: Work, value: Fields, [field, ...rest]: string[], path: string): Fields {
  if (field === undefined) return value;
  const inner = valueOf(work, value, field);
  if (inner === null) return value; // nothing there to expand, which is no mistake of the caller
  if (inner === undefined) throw cannotExpand(path);
  if (Array.isArray(inner)) {
    return { ...value, [field]: inner.map((item) => expandPath(work, item as Fields, rest, path)) };
  }
  if (typeof inner !== 'object') throw cannotExpand(path);
  return { ...value, [field]: expandPath(work, inner as Fields, rest, path) };
}

function valueOf(work: Work, value: Fields, field: string): unknown {
  const own = Object.hasOwn(value, field) ? value[field] : undefined;
  if (own === undefined)
    return new Map(Object.entries(INCLUDED)).get(`${String(value['object'])}.${field}`)?.(work, String(value['id']));
  if (typeof own !== 'string') return own;
  const prefix = own.slice(0, own.indexOf('_'));
  return new Map(Object.entries(BY_PREFIX)).get(prefix)?.(work, own);
}

function cannotExpand(path: string): Error {
  return invalidParameter('expand', `This property cannot be expanded (${path.slice(0, 100)}).`);
}
