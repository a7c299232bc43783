/**
 * The hub's own script around an extension. It answers `{ type: 'extension-token-request', id, audience? }` from the frame with
 * a token or a code, to the frame's exact origin. Nobody else's script runs on the hub's origin, where the session is.
 */
export const BRIDGE_SCRIPT = `const frame = document.getElementById('extension');
const { extension, origin } = frame.dataset;
const QUERY = 'mutation ($input: IssueExtensionTokenInput!) { issueExtensionToken(input: $input) { token expiresAt } }';

async function fetchToken(audience) {
  const xsrf = document.cookie.split('; ').find((pair) => pair.startsWith('XSRF-TOKEN='))?.slice('XSRF-TOKEN='.length) ?? '';
  const tenant = new URLSearchParams(location.search).get('tenant') ?? undefined;
  const response = await fetch('/api/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-xsrf-token': xsrf },
    body: JSON.stringify({ query: QUERY, variables: { input: { extensionId: extension, audience, tenant } } }),
  });
  const { data, errors } = await response.json();
  return data ? data.issueExtensionToken : { error: errors?.[0]?.extensions?.code ?? 'UNEXPECTED' };
}

addEventListener('message', async (event) => {
  if (event.source !== frame.contentWindow || event.origin !== origin) return;
  const { type, id, audience } = event.data ?? {};
  if (type !== 'extension-token-request') return;
  const answer = await fetchToken(audience).catch(() => ({ error: 'UNEXPECTED' }));
  frame.contentWindow.postMessage({ type: 'extension-token', id, ...answer }, origin);
});
frame.src = frame.dataset.src;
`;

/** The page of an extension; without an address, a page that says there is none. */
export function extensionPage(id: string, address: string | undefined): string {
  const body =
    address === undefined
      ? '<p>There is no such extension here, or you are not signed in.</p>'
      : `<iframe id="extension" title="${escape(id)}" width="100%" height="600" data-extension="${escape(id)}"
 data-origin="${escape(new URL(address).origin)}" data-src="${escape(address)}"
 sandbox="allow-scripts allow-same-origin allow-forms"></iframe><script type="module" src="/portal/extension-bridge.js"></script>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Portal</title></head><body>${body}</body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
