const { api, marketplace } = document.documentElement.dataset;
const person = document.getElementById('person');
const list = document.getElementById('notes');
const form = document.getElementById('add');

/** Fetch a fresh token this long before the old one lapses. */
const EARLY_MS = 30_000;
let held;

/** Asks the marketplace around this frame for a token. It is kept in this variable and nowhere else. */
function requestToken() {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    function hear({ source, origin, data }) {
      if (source !== parent || origin !== marketplace || data?.type !== 'extension-token' || data.id !== id) return;
      removeEventListener('message', hear);
      if (data.error) reject(new Error(data.error));
      else resolve({ token: data.token, expiresAt: Date.parse(data.expiresAt) });
    }
    addEventListener('message', hear);
    parent.postMessage({ type: 'extension-token-request', id, audience: api }, marketplace);
  });
}

/** Calls the API; a token that lapsed on the way is replaced once. */
async function call(path, init = {}, isRetry = false) {
  if (!held || held.expiresAt - EARLY_MS < Date.now()) held = await requestToken();
  const response = await fetch(`${api}${path}`, {
    ...init,
    headers: { ...init.headers, 'MP-Authorization': held.token },
  });
  const body = await response.json();
  if (response.ok) return body;
  if (body.error?.code !== 'token_expired' || isRetry) throw new Error(body.error?.code ?? 'the API did not answer');
  held = undefined;
  return call(path, init, true);
}

async function show() {
  const { person: name, shop, notes } = await call('/notes');
  person.textContent = `${name} of ${shop}`;
  list.replaceChildren(
    ...notes.map((text) => {
      const item = document.createElement('li');
      item.textContent = text;
      return item;
    }),
  );
}

const report = (error) => (person.textContent = `Not available: ${error.message}`);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = new FormData(form).get('text');
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) };
  call('/notes', init)
    .then(() => form.reset())
    .then(show)
    .catch(report);
});
show().catch(report);
