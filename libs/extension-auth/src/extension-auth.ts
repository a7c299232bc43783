import { verify, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { CLOCK_LEEWAY_SECONDS, decodeBase64url, isUnixSeconds, parseJsonObject, type JsonObject } from '@hansa/trust';
import { ExtensionAuthError, type ExtensionAuthCode } from './extension-auth-error.js';
import { RemoteKeys, type FetchKeys, type SigningAlgorithm } from './remote-keys.js';

/** A marketplace whose tokens this API takes. */
export interface Marketplace {
  /** Its origin, exactly as its tokens have it in `iss`. */
  readonly issuer: string;
  /** The tenants let in, or `'any'`. */
  readonly tenants: readonly string[] | 'any';
  /** `<issuer>/.well-known/jwks.json` unless given. */
  readonly jwksUrl?: string;
  readonly algorithm?: SigningAlgorithm;
  /**
   * For a real AppDirect marketplace, whose tokens have neither `iss` nor `aud` nor `typ`: then the key set is what binds the
   * issuer and `tenant` the only audience-like check. One tenant's token is good at every API that trusts the marketplace.
   * Needs `tenants` as a list, and to be the only marketplace.
   */
  readonly appDirect?: boolean;
}

export interface ExtensionAuthOptions {
  /** Origin of this API, exactly as it is registered for the extension. */
  readonly audience: string;
  readonly marketplaces: readonly Marketplace[];
  /** The extensions let in; every extension registered with this API's origin when left out. */
  readonly extensions?: readonly string[];
  /** Tells whether a token id has been denied, for tokens that must die before their 300 s are over. */
  readonly isDenied?: (tokenId: string) => boolean | Promise<boolean>;
  /** Takes a token id for good and tells whether this is the first time; needed by routes that ask for `singleUse`. */
  readonly claimTokenId?: (tokenId: string, expiresAt: Date) => boolean | Promise<boolean>;
  readonly fetch?: FetchKeys;
  readonly now?: () => Date;
}

/** What a route asks beyond a good token. */
export interface RequestRules {
  /** Takes each token once. For routes that change something and say so: extensions otherwise use one token for many calls. */
  readonly singleUse?: boolean;
}

/** Who is calling, as the marketplace says. */
export interface ExtensionCaller {
  readonly issuer: string;
  readonly tenant: string;
  readonly subject: string;
  /** What an account is known by: issuer, tenant and subject together, as JSON. Never the e-mail. */
  readonly identity: string;
  /** The person's e-mail, for display only. */
  readonly name: string;
  /** Null from a marketplace in AppDirect's shape. */
  readonly extension: string | null;
  readonly tokenId: string | null;
  readonly expiresAt: Date;
}

export interface ExtensionAuth {
  /** Who sent a request with these headers. @throws {ExtensionAuthError} */
  authenticate(headers: IncomingHttpHeaders, rules?: RequestRules): Promise<ExtensionCaller>;
}

const MAX_LENGTH = 8_192;
const MAX_LIFE_SECONDS = 600;
const TYP = 'ext+jwt';
/** Members that change how a token is read. Those that offer a key (`jku`, `jwk`, `x5u`, `x5c`) are simply not read. */
const FORBIDDEN = ['crit', 'b64', 'zip'];

interface Trusted extends Marketplace {
  readonly algorithm: SigningAlgorithm;
  readonly keys: RemoteKeys;
}

/** Verifies secure tokens for one API (docs/protocol/secure-tokens.md §3). Make one and keep it: it holds the keys. */
export function extensionAuth(options: ExtensionAuthOptions): ExtensionAuth {
  const marketplaces = trusted(options);
  const { isDenied, claimTokenId, now = () => new Date() } = options;
  return {
    async authenticate(headers, { singleUse = false } = {}) {
      const token = readToken(tokenOf(headers)); // steps 1 and 2
      const marketplace = choose(marketplaces, token);
      const key = marketplace.keys.fresh(token.kid) ?? (await marketplace.keys.find(token.kid));
      if (!key) refuse('token_invalid', 'The key is not in the key set.');
      refuseForgery(token, key, marketplace.algorithm); // step 3
      const caller = readClaims(token.payload, marketplace, options, now());
      if (caller.tokenId !== null && (await isDenied?.(caller.tokenId)))
        refuse('token_invalid', 'The token is denied.');
      if (singleUse) await claim(caller, claimTokenId); // step 6
      return caller;
    },
  };
}

function trusted({ marketplaces, audience, fetch: get }: ExtensionAuthOptions): readonly Trusted[] {
  if (new URL(audience).origin !== audience) throw new TypeError('The audience is an origin, as browsers print it.');
  const isLax = marketplaces.some(({ appDirect }) => appDirect);
  if (marketplaces.length === 0 || (isLax && marketplaces.length > 1))
    throw new TypeError('Name the marketplaces; one in AppDirect’s shape stands alone.');
  return marketplaces.map((marketplace) => {
    const { issuer, tenants, appDirect, algorithm = 'ES256' } = marketplace;
    if (appDirect && tenants === 'any')
      throw new TypeError('A marketplace in AppDirect’s shape needs a list of tenants.');
    const url = marketplace.jwksUrl ?? new URL('/.well-known/jwks.json', issuer).href;
    const keys = new RemoteKeys({ url, algorithm, typ: TYP, ...(get ? { fetch: get } : {}) });
    return { ...marketplace, algorithm, keys };
  });
}

/** Step 1: `MP-Authorization`, raw or as Bearer, else `Authorization`. Never the query: addresses are logged and shared. */
function tokenOf(headers: IncomingHttpHeaders): string {
  const own = [headers['mp-authorization'] ?? []].flat().map((value) => value.replace(/^Bearer /i, '').trim());
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const [token, ...others] = bearer === undefined ? own : [...own, bearer];
  if (token === undefined || token === '') return refuse('token_missing', 'There is no token.');
  if (others.some((other) => other !== token)) refuse('token_malformed', 'There are two different tokens.');
  return token;
}

interface UnverifiedToken {
  readonly alg: unknown;
  readonly typ: unknown;
  readonly kid: string;
  readonly signed: string;
  readonly signature: Buffer;
  readonly payload: JsonObject;
}

/** Step 2. */
function readToken(token: string): UnverifiedToken {
  if (token.length > MAX_LENGTH) refuse('token_malformed', 'The token is too long.');
  const parts = token.split('.');
  const [header, payload, signature] = parts.map(decodeBase64url);
  if (parts.length !== 3 || parts.includes('') || !header || !payload || !signature)
    return refuse('token_malformed', 'This is no compact JWS.');
  const head = parseJsonObject(header);
  const claims = parseJsonObject(payload);
  if (!head || !claims) return refuse('token_malformed', 'Header or payload is no unambiguous JSON object.');
  if (FORBIDDEN.some((name) => Object.hasOwn(head, name)))
    refuse('token_invalid', 'The header asks for special reading.');
  const { alg, typ, kid } = head;
  if (typeof kid !== 'string' || kid === '' || kid.length > 128)
    return refuse('token_invalid', 'The header names no key.');
  return { alg, typ, kid, signed: token.slice(0, token.lastIndexOf('.')), signature, payload: claims };
}

/** The configured marketplace the token says it is from: `iss` chooses from the list and adds nothing to it. */
function choose(marketplaces: readonly Trusted[], { alg, typ, payload }: UnverifiedToken): Trusted {
  const [first] = marketplaces;
  const chosen = first?.appDirect ? first : marketplaces.find(({ issuer }) => issuer === payload.iss);
  if (!chosen) return refuse('token_invalid', 'The issuer is not trusted here.');
  // RFC 8725 §3.1: the verifier fixes the algorithm. Stops `none`, and a public key used as an HMAC secret.
  if (alg !== chosen.algorithm) refuse('token_invalid', 'The algorithm is another one.');
  // RFC 8725 §3.11: a token of another kind, signed by the same marketplace, is no token for an API.
  if (!chosen.appDirect && typ !== TYP) refuse('token_invalid', 'This is another kind of token.');
  return chosen;
}

function refuseForgery({ signed, signature }: UnverifiedToken, key: KeyObject, algorithm: SigningAlgorithm): void {
  const scheme = algorithm === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
  const isGood = verify('sha256', Buffer.from(signed), scheme, signature);
  if (!isGood) refuse('token_invalid', 'The signature was not made by this key over these bytes.');
}

/** Steps 3 to 5. */
function readClaims(
  payload: JsonObject,
  { issuer, tenants, appDirect }: Trusted,
  { audience, extensions }: ExtensionAuthOptions,
  now: Date,
): ExtensionCaller {
  const { aud, sub, name, tenant, ext, jti, iat, exp, nbf } = payload;
  const seconds = Math.floor(now.getTime() / 1_000);
  if (!isUnixSeconds(iat) || !isUnixSeconds(exp) || (nbf !== undefined && !isUnixSeconds(nbf)))
    return refuse('token_malformed', 'The times of the token are not whole seconds.');
  if (!(appDirect && aud === undefined) && !(aud === audience || (Array.isArray(aud) && aud.includes(audience))))
    refuse('token_invalid', 'The token is for another API.');
  if (seconds > exp + CLOCK_LEEWAY_SECONDS) refuse('token_expired', 'The token has expired.');
  if (iat > seconds + CLOCK_LEEWAY_SECONDS || (nbf ?? 0) > seconds + CLOCK_LEEWAY_SECONDS)
    refuse('token_invalid', 'The token is from the future.');
  if (exp <= iat || exp - iat > MAX_LIFE_SECONDS) refuse('token_invalid', 'The token lives too long.');
  if (!isText(sub) || !isText(tenant) || !isText(name))
    return refuse('token_malformed', 'A claim is not a short text.');
  const own = appDirect ? { ext: null, jti: isText(jti) ? jti : null } : { ext, jti };
  if (!appDirect && (!isText(own.ext) || !isText(own.jti))) refuse('token_malformed', 'A claim is not a short text.');
  if (tenants !== 'any' && !tenants.includes(tenant)) refuse('tenant_not_allowed', 'The tenant is not let in.');
  if (extensions && (own.ext === null || !extensions.includes(own.ext as string)))
    refuse('extension_not_allowed', 'The extension is not let in.');
  return {
    issuer,
    tenant,
    subject: sub,
    identity: JSON.stringify([issuer, tenant, sub]),
    name,
    extension: own.ext as string | null,
    tokenId: own.jti as string | null,
    expiresAt: new Date(exp * 1_000),
  };
}

async function claim(
  { tokenId, issuer, expiresAt }: ExtensionCaller,
  claimTokenId: ExtensionAuthOptions['claimTokenId'],
): Promise<void> {
  if (!claimTokenId) throw new TypeError('A route asks for single use and there is no claimTokenId.');
  const forgetAt = new Date(expiresAt.getTime() + CLOCK_LEEWAY_SECONDS * 2_000);
  if (tokenId === null || !(await claimTokenId(`${issuer} ${tokenId}`, forgetAt)))
    refuse('token_invalid', 'The token was used already.');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 512;
}

function refuse(code: ExtensionAuthCode, message: string): never {
  throw new ExtensionAuthError(code, message);
}
