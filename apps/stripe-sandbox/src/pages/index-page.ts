import { formatAmount } from '../catalog/currencies.js';
import { type Work } from '../store/work.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

const SHOWN = 25;

/** What happened lately: sessions, events and deliveries, newest first. */
export function indexPage(work: Work): Html {
  return layout(
    'Stripe sandbox',
    html`<main class="wide">
      <h1>Stripe sandbox</h1>
      <p>
        The API is at <code>${work.publicUrl}/v1</code>. It takes any <code>sk_test_</code> key unless one is
        configured.
      </p>
      ${sessions(work)} ${events(work)} ${deliveries(work)}
    </main>`,
  );
}

function sessions(work: Work): Html {
  const rows = latest(work.store.all('checkout')).map(({ session }) => [
    html`<code>${short(session.id)}</code>`,
    formatAmount(session.amount_total ?? 0, session.currency ?? 'eur'),
    `${session.status} / ${session.payment_status}`,
    session.status === 'open' ? html`<a href="/c/pay/${session.id}">pay</a>` : '',
    time(session.created),
  ]);
  return table('Checkout sessions', ['Session', 'Amount', 'Status', '', 'Created'], rows);
}

function events(work: Work): Html {
  const rows = latest(work.store.all('event')).map(({ event }) => [
    html`<code>${event.id}</code>`,
    event.type,
    time(event.created),
    html`<form method="post" action="/sandbox/events/${event.id}/resend">
      <button class="secondary small">Resend</button>
    </form>`,
  ]);
  return table('Events', ['Event', 'Type', 'Created', ''], rows);
}

function deliveries(work: Work): Html {
  const rows = latest(work.store.all('delivery')).map((delivery) => {
    const last = delivery.attempts.at(-1);
    return [
      html`<code>${delivery.id}</code>`,
      delivery.event_type,
      delivery.url,
      delivery.status,
      last ? `${delivery.attempts.length} × ${last.error ?? `answered ${last.status}`}` : '',
    ];
  });
  return table('Deliveries', ['Delivery', 'Event', 'To', 'Status', 'Tries'], rows);
}

function table(title: string, head: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html {
  if (rows.length === 0)
    return html`<h2>${title}</h2>
      <p class="hint">None yet.</p>`;
  return html`<h2>${title}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${head.map((it) => html`<th scope="col">${it}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function latest<T>(rows: readonly T[]): T[] {
  return rows.slice(-SHOWN).reverse();
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function short(id: string): string {
  return `${id.slice(0, 14)}…${id.slice(-6)}`;
}
