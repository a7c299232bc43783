import type Stripe from 'stripe';
import { formatAmount } from '../catalog/currencies.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';
import { cardFields, type PayProblem } from './pay-page.js';

/** The page behind `hosted_invoice_url`: an invoice that is owed can be paid there. */
export function invoicePage(invoice: Stripe.Invoice, problem: PayProblem | null): Html {
  const total = formatAmount(invoice.total, invoice.currency);
  const values = { email: '', name: '', method: 'card' };
  return layout(
    `Invoice ${invoice.number ?? ''}`,
    html`<main class="card narrow">
      <h1>Invoice ${invoice.number}</h1>
      <p>${total}: ${invoice.status}</p>
      ${problem && html`<p class="problem" role="alert" id="problem">${problem.message}</p>`}
      ${
        invoice.status === 'open' &&
        html`<form method="post" action="/i/${invoice.id}">
          ${cardFields(values, problem)}
          <button type="submit">Pay ${total}</button>
        </form>`
      }
    </main>`,
  );
}
