import type { Writes } from '@hansa/platform';
import { auditWith } from '#audit';
import { Order } from './order.entity.js';

/** Where an order may go. Money that arrives always counts; nothing takes it back here, in whatever order events arrive. */
export const ORDER_STEPS = {
  open: ['awaiting_payment', 'paid', 'expired', 'failed'],
  awaiting_payment: ['paid', 'failed'],
  expired: ['awaiting_payment', 'paid'],
  failed: ['paid'],
  paid: [],
} as const satisfies Record<string, readonly string[]>;

export type OrderStatus = keyof typeof ORDER_STEPS;

/** Whether the table of steps allows it. */
export function mayAdvance(from: OrderStatus, to: OrderStatus): boolean {
  return (ORDER_STEPS[from] as readonly OrderStatus[]).includes(to);
}

/**
 * Takes a locked order one step further with its audit row, and writes `more` to it. False, and nothing is written, when the
 * table does not allow it: the news is late or has been heard before.
 */
export function advanceOrder(
  writes: Writes,
  order: Pick<Order, 'id' | 'status'>,
  step: { readonly to: OrderStatus; readonly at: Date; readonly actor: string },
  more: Partial<Order> = {},
): boolean {
  const { to, at, actor } = step;
  if (!mayAdvance(order.status, to)) return false;
  writes.update(Order, { id: order.id }, { ...more, status: to, ...(to === 'paid' ? { paidAt: at } : {}) });
  auditWith(writes, { at, actor, action: `order.${to}`, subject: order.id, data: { from: order.status } });
  return true;
}
