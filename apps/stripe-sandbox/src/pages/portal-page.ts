import type Stripe from 'stripe';
import { type Portal } from '../billing/portal-sessions.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { cardFields, type PayProblem } from './pay-page.js';

/** The page where a customer sees subscriptions, ends them or lets them go on, and changes the card that pays. */
export function portalPage(portal: Portal, problem: PayProblem | null = null): Html {
  const { session, subscriptions } = portal;
  const values = { email: '', name: '', method: 'card' };
  return layout(
    'Your subscriptions',
    html`<main class="card narrow">
      <h1>Your subscriptions</h1>
      ${problem && html`<p class="problem" role="alert" id="problem">${problem.message}</p>`}
      ${subscriptions.map((subscription) => subscriptionForm(session.id, subscription))}
      ${
        subscriptions.some(({ status }) => status !== 'canceled') &&
        html`<form method="post" action="/p/session/${session.id}">
          <h2>Card</h2>
          <input type="hidden" name="action" value="card" />
          ${cardFields(values, problem)}
          <button type="submit">Use this card</button>
        </form>`
      }
      ${session.return_url !== null && html`<p><a class="button" href="${session.return_url}">Back</a></p>`}
    </main>`,
  );
}

function subscriptionForm(portal: string, { id, status, cancel_at: cancelAt }: Stripe.Subscription): Html {
  const isEnding = cancelAt !== null;
  return html`<form method="post" action="/p/session/${portal}">
    <p>${id}: ${isEnding ? `ends ${new Date(cancelAt * 1_000).toISOString()}` : status}</p>
    <input type="hidden" name="subscription" value="${id}" />
    <input type="hidden" name="action" value="${isEnding ? 'resume' : 'cancel'}" />
    ${status !== 'canceled' && html`<p><button type="submit">${isEnding ? 'Keep it' : 'Cancel'}</button></p>`}
  </form>`;
}
