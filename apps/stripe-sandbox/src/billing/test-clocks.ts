import type Stripe from 'stripe';
import { invalidParameter, noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { recordEvent } from '../events/record-event.js';
import { newId } from '../store/ids.js';
import { idOf } from '../store/referenced.js';
import { schedule } from '../store/task.js';
import { type Work } from '../store/work.js';
import { findCustomer } from '../customers/customers.js';
import { renewUntil } from './renew-subscription.js';
import { findSubscription } from './subscriptions.js';

const LIFE = 30 * 86_400;
const LATEST = 9_999_999_999;

/** `POST /v1/test_helpers/test_clocks`: a clock that stands still until it is advanced. */
export function createTestClock(work: Work, params: Params): Stripe.TestHelpers.TestClock {
  const frozen = params.integer('frozen_time', 0, LATEST) ?? params.missing('frozen_time');
  return addTestClock(work, frozen, params.text('name', 300) ?? null);
}

/**
 * Puts the customer of a subscription on a new clock that stands at this moment, with everything that customer subscribes to: what
 * was bought without a clock can be advanced too. One that has a clock keeps it.
 */
export function putOnClock(work: Work, subscriptionId: string): Stripe.TestHelpers.TestClock {
  const { customer: owner } = findSubscription(work, subscriptionId);
  const customer = findCustomer(work, idOf(owner) ?? '');
  const known = idOf(customer.test_clock);
  if (known !== null) return findTestClock(work, known);
  const clock = addTestClock(work, work.now, customer.email);
  work.store.put('customer', { ...customer, test_clock: clock.id });
  for (const one of work.store.all('subscription')) {
    if (idOf(one.customer) === customer.id) work.store.put('subscription', { ...one, test_clock: clock.id });
  }
  return clock;
}

function addTestClock(work: Work, frozen: number, name: string | null): Stripe.TestHelpers.TestClock {
  const clock = work.store.put('test_clock', {
    id: newId('clock'),
    object: 'test_helpers.test_clock',
    created: work.now,
    deletes_after: work.now + LIFE,
    frozen_time: frozen,
    livemode: false,
    name,
    status: 'ready',
    status_details: {},
  });
  recordEvent(work, 'test_helpers.test_clock.created', clock);
  return clock;
}

/**
 * `POST /v1/test_helpers/test_clocks/:id/advance`. The clock is `advancing` until everything that falls due on the way is done;
 * ask for it again, or wait for `test_helpers.test_clock.ready`.
 *
 * @throws {ApiError} when it is advancing already, or would go back
 */
export function advanceTestClock(work: Work, id: string, params: Params): Stripe.TestHelpers.TestClock {
  const clock = findTestClock(work, id);
  const target = params.integer('frozen_time', 0, LATEST) ?? params.missing('frozen_time');
  if (clock.status !== 'ready') throw refused('Test clock advancement underway - cannot perform modifications.');
  if (target <= clock.frozen_time)
    throw invalidParameter('frozen_time', 'A test clock can only be advanced to a later time.');
  const advancing = work.store.put('test_clock', {
    ...clock,
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  });
  recordEvent(work, 'test_helpers.test_clock.advancing', advancing);
  schedule(work, 'advance-clock', id, work.nowMs);
  return advancing;
}

/** Does what falls due until the time a clock was advanced to. Doing it again changes nothing. */
export function finishAdvance(work: Work, id: string): void {
  const clock = work.store.get('test_clock', id);
  const target = clock?.status_details.advancing?.target_frozen_time;
  if (!clock || target === undefined) return;
  for (const subscription of work.store.all('subscription')) {
    if (idOf(subscription.test_clock) === id) renewUntil(work, subscription.id, target);
  }
  const ready = work.store.put('test_clock', { ...clock, frozen_time: target, status: 'ready', status_details: {} });
  recordEvent(work, 'test_helpers.test_clock.ready', ready);
}

/** `DELETE /v1/test_helpers/test_clocks/:id`: with its customers, whose subscriptions end. */
export function deleteTestClock(work: Work, id: string): object {
  const clock = findTestClock(work, id);
  for (const subscription of work.store.all('subscription')) {
    if (idOf(subscription.test_clock) === id) work.store.delete('subscription', subscription.id);
  }
  for (const customer of work.store.all('customer')) {
    if (idOf(customer.test_clock) === id) work.store.delete('customer', customer.id);
  }
  work.store.delete('test_clock', id);
  recordEvent(work, 'test_helpers.test_clock.deleted', clock);
  return { id, object: 'test_helpers.test_clock', deleted: true };
}

/** @throws {ApiError} resource_missing */
export function findTestClock(work: Work, id: string, param?: string): Stripe.TestHelpers.TestClock {
  const clock = work.store.get('test_clock', id);
  if (!clock) throw noSuch('test clock', id, param);
  return clock;
}
