import { recordAudit } from '#audit';
import type { EntityManager } from 'typeorm';
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
 * Takes a locked order one step further with its audit row. False, and nothing changed, when the table does not allow it: the
 * news is late or has been heard before.
 */
export async function advanceOrder(
  tx: EntityManager,
  order: Order,
  step: { readonly to: OrderStatus; readonly at: Date; readonly actor: string },
): Promise<boolean> {
  const { to, at, actor } = step;
  if (!mayAdvance(order.status, to)) return false;
  await tx.update(Order, { id: order.id }, { status: to, ...(to === 'paid' ? { paidAt: at } : {}) });
  await recordAudit(tx, { at, actor, action: `order.${to}`, subject: order.id, data: { from: order.status } });
  return true;
}
