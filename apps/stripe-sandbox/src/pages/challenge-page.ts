import type Stripe from 'stripe';
import { formatAmount } from '../catalog/currencies.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** The bank's side of 3-D Secure: the customer confirms or refuses. */
export function challengePage(intent: Stripe.PaymentIntent): Html {
  return layout(
    'Confirm your payment',
    html`<main class="card narrow">
      <h1>Confirm your payment</h1>
      <p>
        Your bank wants to know whether you are paying <strong>${formatAmount(intent.amount, intent.currency)}</strong>.
        This is a 3-D Secure test page.
      </p>
      <form method="post" action="/c/challenge/${intent.id}" class="choices">
        <button type="submit" name="result" value="complete">Complete authentication</button>
        <button type="submit" name="result" value="fail" class="secondary">Fail authentication</button>
      </form>
    </main>`,
  );
}
