import { Store } from '../store/store.js';
import { type Work } from '../store/work.js';
import { addBankAccount, addCard } from './instrument.js';
import { DELAYED_METHODS } from './delayed-methods.js';
import { addIntent, answerChallenge, cancelIntent, confirmIntent, settleIntent } from './payment-intents.js';
import { TEST_CARDS } from './test-cards.js';

const NOBODY = { email: null, name: null };
const WORK: Omit<Work, 'store'> = {
  now: 1_900_000_000,
  nowMs: 1_900_000_000_000,
  request: { id: null, idempotency_key: null },
  publicUrl: 'http://localhost',
  settleDelayMs: 0,
  taxPercent: 0,
};

/** Runs `use` with an intent of EUR 10 that waits for a payment method. */
function withIntent(use: (work: Work, intent: ReturnType<typeof addIntent>) => void): void {
  const store = new Store(null);
  store.change(() => {
    const work = { ...WORK, store };
    const given = {
      customer: null,
      description: null,
      metadata: {},
      receiptEmail: null,
      setupFutureUsage: null,
      transferGroup: null,
    };
    use(
      work,
      addIntent(work, { ...given, amount: 1000, currency: 'eur', captureMethod: 'automatic', methodTypes: ['card'] }),
    );
  });
}

const debit = (work: Work, account: string) => addBankAccount(work, DELAYED_METHODS[0]!, account, NOBODY);
const card = (work: Work, number: string) =>
  addCard(
    work,
    { card: TEST_CARDS.find((it) => it.number === number)!, last4: '0000', expMonth: 1, expYear: 2040 },
    NOBODY,
  );

describe('a payment intent', () => {
  it('takes no answer to a challenge that nobody asked', () => {
    withIntent((work, intent) => {
      const processing = confirmIntent(work, intent, debit(work, 'AT611904300234573201'), null);
      expect(processing.status).toBe('processing');
      expect(() => answerChallenge(work, processing, true)).toThrow(/status of processing/);
      expect(() => cancelIntent(work, processing, null)).toThrow(/status of processing/);
    });
  });

  it('is decided once', () => {
    withIntent((work, intent) => {
      confirmIntent(work, intent, debit(work, 'AT861904300235473202'), null);
      expect(settleIntent(work, intent.id)).toMatchObject({ status: 'requires_payment_method' });
      expect(settleIntent(work, intent.id)).toBeNull();
      expect(work.store.all('charge')).toMatchObject([{ status: 'failed', paid: false }]);
    });
  });

  it('may be declined after its challenge was passed', () => {
    withIntent((work, intent) => {
      const asked = confirmIntent(work, intent, card(work, '4000008400001629'), null);
      expect(answerChallenge(work, asked, true)).toMatchObject({
        status: 'requires_payment_method',
        last_payment_error: { code: 'card_declined' },
      });
    });
  });

  it('cannot be paid twice', () => {
    withIntent((work, intent) => {
      const paid = confirmIntent(work, intent, card(work, '4242424242424242'), null);
      expect(() => confirmIntent(work, paid, card(work, '4242424242424242'), null)).toThrow(/status of succeeded/);
      expect(work.store.all('charge')).toHaveLength(1);
    });
  });
});
