import type { PlainPage } from './plain-page.js';

/** The token stands behind the `#` of the link: no server, log or proxy sees it before the form is sent. */
const SCRIPT = `
const form = document.querySelector('form');
const said = document.querySelector('[role=status]');
const signIn = document.querySelector('#sign-in');
const again = document.querySelector('#again');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ token: location.hash.slice(1), password: form.elements.password.value });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/account/password-resets/use', { method: 'POST', headers, body }).catch(() => null);
  if (answer && answer.ok) {
    form.hidden = true;
    again.hidden = true;
    said.textContent = 'Your password is set.';
    signIn.hidden = false;
    history.replaceState(null, '', location.pathname);
    return;
  }
  const problem = answer ? await answer.json().catch(() => ({})) : {};
  const detail = problem.details && problem.details[0] ? ' ' + problem.details[0].message + '.' : '';
  said.textContent = (problem.message || 'The hub cannot be reached. Try again.') + detail;
  again.hidden = problem.code !== 'RESET_REFUSED';
});
`;

/** Where the link of a reset letter leads. */
export const RESET_PAGE: PlainPage = {
  title: 'Set a new password',
  content: `<form>
<label for="password">New password, twelve characters or more</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="12" maxlength="200" required>
<button>Set password</button>
</form>
<p role="status"></p>
<p id="sign-in" hidden><a href="/publish">Sign in with it</a></p>
<p id="again" hidden><a href="/forgot-password">Ask for another link</a></p>`,
  script: SCRIPT,
};
