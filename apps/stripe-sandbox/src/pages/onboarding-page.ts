import { type AccountLinkRecord } from '../connect/accounts.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** The page where the owner of a connected account says who they are and where the money goes. */
export function onboardingPage({ id, account, refreshUrl }: AccountLinkRecord): Html {
  return layout(
    'Get paid',
    html`<main class="card narrow">
      <h1>Get paid</h1>
      <p>Account ${account}: name, address and bank account are filled in with test data.</p>
      <form method="post" action="/setup/e/${id}">
        <p><button type="submit">Agree and submit</button></p>
      </form>
      <p><a class="button" href="${refreshUrl}">Start again</a></p>
    </main>`,
  );
}
