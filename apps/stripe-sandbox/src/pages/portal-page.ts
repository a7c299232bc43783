import { type Portal } from '../billing/portal-sessions.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** The page where a customer sees subscriptions and ends them. */
export function portalPage({ session, subscriptions }: Portal): Html {
  return layout(
    'Your subscriptions',
    html`<main class="card narrow">
      <h1>Your subscriptions</h1>
      ${subscriptions.map(
        ({ id, status, cancel_at: cancelAt }) =>
          html`<form method="post" action="/p/session/${session.id}">
            <p>${id}: ${cancelAt === null ? status : `ends ${new Date(cancelAt * 1_000).toISOString()}`}</p>
            <input type="hidden" name="subscription" value="${id}" />
            ${status === 'active' && cancelAt === null && html`<p><button type="submit">Cancel</button></p>`}
          </form>`,
      )}
      ${session.return_url !== null && html`<p><a class="button" href="${session.return_url}">Back</a></p>`}
    </main>`,
  );
}
