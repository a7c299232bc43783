import { mayAdvance, ORDER_STEPS, type OrderStatus } from './order-steps.js';

const STATUSES = Object.keys(ORDER_STEPS) as OrderStatus[];

describe(mayAdvance.name, () => {
  it.each(STATUSES)('never leads from paid to %s', (to) => {
    expect(mayAdvance('paid', to)).toBe(false);
  });

  it.each(STATUSES.filter((status) => status !== 'paid'))('lets money count even for an order that is %s', (from) => {
    expect(mayAdvance(from, 'paid')).toBe(true);
  });

  it.each([
    ['awaiting_payment', 'expired'],
    ['failed', 'awaiting_payment'],
    ['failed', 'expired'],
    ['expired', 'failed'],
  ] as const)('does not lead from %s to %s: that news is late', (from, to) => {
    expect(mayAdvance(from, to)).toBe(false);
  });
});
