import { ExternalAuthError } from './external-auth-error.js';

/** Every `external-auth-token` of a request, by where it stood; none is an empty list. */
export interface PresentedTokens {
  readonly query: readonly string[];
  readonly header: readonly string[];
  readonly cookie: readonly string[];
}

/** A sign-in token has well under 1 KiB; longer ones are refused before they are decoded. */
const MAX_LENGTH = 4_096;

/**
 * The one token of a request (step 1): query before header before cookie. Two different ones, or a repeated query parameter,
 * leave open who is meant to be signed in, so neither is taken.
 *
 * @throws {ExternalAuthError} token_missing, ambiguous_token or token_malformed (longer than 4 KiB)
 */
export function pickToken({ query, header, cookie }: PresentedTokens): string {
  const [token, ...others] = [...query, ...header, ...cookie];
  if (token === undefined || (token === '' && others.length === 0)) throw new ExternalAuthError('token_missing');
  if (query.length > 1 || others.some((other) => other !== token)) throw new ExternalAuthError('ambiguous_token');
  if (token.length > MAX_LENGTH) throw new ExternalAuthError('token_malformed');
  return token;
}
