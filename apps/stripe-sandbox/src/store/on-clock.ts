import type Stripe from 'stripe';
import { referenced } from './referenced.js';
import { type Work } from './work.js';

/** The same work at the time of a test clock; without one, at the time it is. Deliveries leave at the real time either way. */
export function onClock(work: Work, clock: Stripe.Customer['test_clock'] | undefined): Work {
  const frozen = referenced(work, 'test_clock', clock)?.frozen_time;
  return frozen === undefined ? work : { ...work, now: frozen };
}
