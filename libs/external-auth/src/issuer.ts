import { createHmac, randomUUID } from 'node:crypto';

/** The person to sign in. */
export interface ExternalUser {
  /** Unique and stable; the store recognizes the person by it. */
  readonly uuid: string;
  readonly email?: string;
  readonly pictureUrl?: string;
  readonly acceptTermsAndPolicies?: boolean;
}

export interface IssueExternalToken {
  /** The issuer name agreed with the store. */
  readonly issuer: string;
  /** The key the store showed when the issuer was set up. */
  readonly key: string;
  /** Name of the key; needed only while two are in use. */
  readonly kid?: string;
  readonly user: ExternalUser;
  /** A page of the store to go to. */
  readonly intendedUrl?: string;
  readonly readerExitUrl?: string;
  /** 60 unless given: the token is for a redirect that happens now. */
  readonly lifeSeconds?: number;
}

/** A token that signs a person in at the store, once. Make it when they click, not before. */
export function issueExternalToken(request: IssueExternalToken, now: Date = new Date()): string {
  const { issuer, key, kid, user, intendedUrl, readerExitUrl, lifeSeconds = 60 } = request;
  if (Buffer.byteLength(key) < 32) throw new TypeError('The key has at least 32 bytes.');
  const claims = {
    iss: issuer,
    aud: 'farfalla',
    sub: 'user',
    jti: randomUUID(),
    exp: Math.floor(now.getTime() / 1_000) + lifeSeconds,
    user: {
      uuid: user.uuid,
      email: user.email,
      picture_url: user.pictureUrl,
      accept_terms_and_policies: user.acceptTermsAndPolicies,
    },
    intended_url: intendedUrl,
    reader_exit_url: readerExitUrl,
  };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

/** The address to send the browser to. It holds a credential: redirect, do not link, and do not log it. */
export function signInUrl(storeUrl: string, token: string): string {
  const url = new URL('/auth/token', storeUrl);
  url.searchParams.set('external-auth-token', token);
  return url.href;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
