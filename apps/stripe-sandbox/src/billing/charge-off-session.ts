import type Stripe from 'stripe';
import { type Instrument } from '../payments/instrument.js';
import { addIntent, confirmIntent } from '../payments/payment-intents.js';
import { type Work } from '../store/work.js';

export interface OwedCharge {
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
}

/** Charges for a subscription while nobody is there; without an instrument the payment waits for one. */
export function chargeOffSession(
  work: Work,
  owed: OwedCharge,
  instrument: Instrument | undefined,
): Stripe.PaymentIntent {
  const intent = addIntent(work, {
    ...owed,
    description: 'Subscription update',
    metadata: {},
    receiptEmail: null,
    captureMethod: 'automatic',
    methodTypes: ['card'],
    setupFutureUsage: 'off_session',
    transferGroup: null,
  });
  return instrument ? confirmIntent(work, intent, known(instrument), null) : intent;
}

/** The bank has asked its customer once, when the subscription was bought; nobody is there to be asked again. */
function known(instrument: Instrument): Instrument {
  const { behavior } = instrument;
  const isKnown = behavior.kind === 'challenges' && behavior.then === 'succeeds';
  return isKnown ? { ...instrument, behavior: { kind: 'succeeds' } } : instrument;
}
