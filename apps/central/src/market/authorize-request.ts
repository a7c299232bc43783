import { isChallenge } from './pkce.js';

/** What cPanel's login page asks for, as far as it can be judged without knowing the server (docs/protocol/market.md §3). */
export interface AuthorizeRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
}

const NAMES = ['client_id', 'redirect_uri', 'response_type', 'code_challenge', 'code_challenge_method'] as const;

/** The request in these parameters, or null: one is missing, doubled or not supported. Others are passed over. */
export function readAuthorizeRequest(parameters: URLSearchParams): AuthorizeRequest | null {
  const values = NAMES.map((name) => parameters.getAll(name));
  if (values.some((given) => given.length !== 1)) return null;
  const [clientId, redirectUri, responseType, challenge, method] = values.flat() as [
    string,
    string,
    string,
    string,
    string,
  ];
  // Without a challenge, or with `plain`, whoever reads the code in a log could use it (RFC 9700 §4.8).
  if (responseType !== 'code' || method !== 'S256' || !isChallenge(challenge)) return null;
  return { clientId, redirectUri, challenge };
}

/** The parameters of a request, to ask the same again. */
export function parametersOf({ clientId, redirectUri, challenge }: AuthorizeRequest): Record<string, string> {
  return {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
}
