import { formatAmount } from '../catalog/currencies.js';
import { asksForMeans, type CheckoutRecord } from '../checkout/checkout-record.js';
import { DELAYED_METHODS, type DelayedMethod } from '../payments/delayed-methods.js';
import { TEST_CARDS } from '../payments/test-cards.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** What the customer typed, to be shown again. Card numbers and codes never are. */
export interface PayFormValues {
  readonly email: string;
  readonly name: string;
  readonly method: string;
}

/** A problem with one field, or with the payment as a whole. */
export interface PayProblem {
  readonly field: string | null;
  readonly message: string;
}

/** The page where a session is paid. */
export function payPage(record: CheckoutRecord, values: PayFormValues, problem: PayProblem | null): Html {
  const { session } = record;
  const total = formatAmount(session.amount_total ?? 0, session.currency ?? 'eur');
  return layout(
    `Pay ${total}`,
    html`<main class="checkout">
      <section class="summary" aria-labelledby="total">
        <h1 id="total"><span class="label">${session.mode === 'subscription' ? 'Subscribe' : 'Pay'}</span> ${total}</h1>
        <ul class="items">
          ${record.lineItems.map(
            (item) =>
              html` <li>
                <span
                  >${item.description}${(item.quantity ?? 1) > 1 && html` <small>× ${item.quantity}</small>`}${periodOf(item.price?.recurring)}</span
                >
                <span class="amount">${formatAmount(item.amount_total, item.currency)}</span>
              </li>`,
          )}
        </ul>
        <p class="items total"><span>Total due today</span><span class="amount">${total}</span></p>
      </section>
      <section class="card" aria-label="Payment">
        ${problem && html`<p class="problem" role="alert" id="problem">${problem.message}</p>`}
        <form method="post" action="/c/pay/${session.id}">
          ${emailField(record, values, problem)} ${asksForMeans(record) ? methodFields(record, values, problem) : null}
          <button type="submit">
            ${session.payment_status === 'no_payment_required' ? 'Complete order' : `Pay ${total}`}
          </button>
        </form>
        ${session.cancel_url && html`<p class="cancel"><a href="${session.cancel_url}">Cancel and go back</a></p>`}
      </section>
      ${testNumbers(record)}
    </main>`,
  );
}

function emailField(record: CheckoutRecord, values: PayFormValues, problem: PayProblem | null): Html {
  const known = knownEmail(record);
  return html`<label for="email">E-mail</label>
    <input
      id="email"
      name="email"
      type="email"
      autocomplete="email"
      required
      maxlength="320"
      value="${known ?? values.email}"
      ${known !== null && html` readonly`}${invalid(problem, 'email')}
    />`;
}

function methodFields({ session }: CheckoutRecord, values: PayFormValues, problem: PayProblem | null): Html {
  const types = session.payment_method_types;
  const debits = DELAYED_METHODS.filter(({ type }) => types.includes(type));
  const chosen = types.includes(values.method) ? values.method : types[0];
  return html`${
    types.length > 1 &&
    html`<fieldset class="methods">
      <legend>Payment method</legend>
      ${types.map((type) => html`<label><input type="radio" name="method" value="${type}" ${type === chosen && html` checked`} /> ${labelOf(type)}</label>`)}
    </fieldset>`
  }
  ${types.length === 1 && html`<input type="hidden" name="method" value="${chosen}" />`}
  ${types.includes('card') && cardFields(values, problem)} ${debits.map((debit) => accountField(debit, problem))}`;
}

/** The fields of a card. */
export function cardFields(values: PayFormValues, problem: PayProblem | null): Html {
  return html`<div class="for-card">
    <label for="card_number">Card number</label>
    <input
      id="card_number"
      name="card_number"
      inputmode="numeric"
      autocomplete="cc-number"
      maxlength="30"
      placeholder="4242 4242 4242 4242"
      ${invalid(problem, 'card_number')}
    />
    <div class="pair">
      <div>
        <label for="card_expiry">Expires</label>
        <input
          id="card_expiry"
          name="card_expiry"
          inputmode="numeric"
          autocomplete="cc-exp"
          maxlength="9"
          placeholder="MM / YY"
          ${invalid(problem, 'card_expiry')}
        />
      </div>
      <div>
        <label for="card_cvc">Security code</label>
        <input
          id="card_cvc"
          name="card_cvc"
          inputmode="numeric"
          autocomplete="cc-csc"
          maxlength="4"
          placeholder="CVC"
          ${invalid(problem, 'card_cvc')}
        />
      </div>
    </div>
    <label for="cardholder_name">Name on card <small>(optional)</small></label>
    <input id="cardholder_name" name="cardholder_name" autocomplete="cc-name" maxlength="200" value="${values.name}" />
  </div>`;
}

function accountField(debit: DelayedMethod, problem: PayProblem | null): Html {
  const field = `${debit.type}_account`;
  return html`<div class="for-${debit.type}">
    <label for="${field}">${debit.accountLabel}</label>
    <input
      id="${field}"
      name="${field}"
      autocomplete="off"
      maxlength="50"
      placeholder="${Object.keys(debit.accounts)[0]}"
      ${invalid(problem, field)}
    />
    <p class="hint">The order is accepted at once. The bank confirms or refuses the debit later.</p>
  </div>`;
}

function testNumbers({ session }: CheckoutRecord): Html | null {
  const types = session.payment_method_types;
  const rows = [
    ...(types.includes('card') ? TEST_CARDS.map(({ number, about }) => [spaced(number), about]) : []),
    ...DELAYED_METHODS.filter(({ type }) => types.includes(type)).flatMap(({ accounts }) =>
      Object.entries(accounts).map(([account, outcome]) => [account, `${outcome} later`]),
    ),
  ];
  if (session.payment_status === 'no_payment_required') return null;
  return html`<details class="card test-numbers" open>
    <summary>Test numbers</summary>
    <p class="hint">Any future date and any security code will do.</p>
    <table>
      ${rows.map(
        ([number, about]) =>
          html`<tr>
            <td><code>${number}</code></td>
            <td>${about}</td>
          </tr>`,
      )}
    </table>
  </details>`;
}

/** The address the shop or its customer record fixed; the payer cannot change it. */
export function knownEmail({ session }: CheckoutRecord): string | null {
  return session.customer_email ?? (session.customer !== null ? (session.customer_details?.email ?? null) : null);
}

function invalid(problem: PayProblem | null, field: string): Html | false {
  return problem?.field === field && html` aria-invalid="true" aria-describedby="problem"`;
}

function labelOf(type: string): string {
  return DELAYED_METHODS.find((it) => it.type === type)?.label ?? 'Card';
}

function spaced(number: string): string {
  return number.replace(/(\d{4})(?=\d)/g, '$1 ');
}

function periodOf(
  recurring: { readonly interval: string; readonly interval_count: number } | null | undefined,
): Html | false {
  if (!recurring) return false;
  const { interval, interval_count: count } = recurring;
  return html` <small>every ${count === 1 ? interval : `${count} ${interval}s`}</small>`;
}
