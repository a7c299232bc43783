import { createHmac } from 'node:crypto';
import { safeRedirect } from '@hansa/trust';

/** Every value of a cookie in a `Cookie` header: a browser can be made to send a name twice. */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}

/** Name of the cookie that scripts of the hub's own pages read and send back as `x-xsrf-token`. */
export const XSRF_COOKIE = 'XSRF-TOKEN';
/** Browsers keep 4,096 bytes of a cookie. */
const MAX_ONWARD = 3_800;
const TOKEN = /^hmer_[A-Za-z0-9_-]{43}$/;

/** The cookies of the merchant portal. Behind https the session cookie is bound to this one host (`__Host-`). */
export class MerchantCookies {
  private readonly sessionName: string;
  private readonly onwardName: string;
  private readonly origin: string;
  private readonly attributes: string;

  constructor(hubUrl: string) {
    const secure = hubUrl.startsWith('https:');
    this.sessionName = secure ? '__Host-hansa-session' : 'hansa-session';
    this.onwardName = secure ? '__Host-hansa-onward' : 'hansa-onward';
    this.origin = new URL(hubUrl).origin;
    // Lax, not Strict: the redirect that follows a sign-in comes from another site and must arrive signed in.
    this.attributes = `Path=/; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** The session token of a request; undefined when there is none, or more than one. */
  sessionOf(cookieHeader: string | undefined): string | undefined {
    const [token, ...others] = cookieValues(cookieHeader, this.sessionName);
    return token !== undefined && others.length === 0 && TOKEN.test(token) ? token : undefined;
  }

  /** `Set-Cookie` values of a sign-in. */
  setFor(token: string, maxAgeSeconds: number): string[] {
    const rest = `Max-Age=${maxAgeSeconds}; ${this.attributes}`;
    return [`${this.sessionName}=${token}; HttpOnly; ${rest}`, `${XSRF_COOKIE}=${xsrfTokenOf(token)}; ${rest}`];
  }

  /**
   * A `Set-Cookie` value that remembers where a person was going when he had to sign in first; none for an address too long to
   * keep. It leads on in the browser that asked and in no other, whoever opens the link.
   */
  rememberOnward(path: string, maxAgeSeconds: number): string[] {
    const value = Buffer.from(path).toString('base64url');
    if (value.length > MAX_ONWARD) return [];
    return [`${this.onwardName}=${value}; HttpOnly; Max-Age=${maxAgeSeconds}; ${this.attributes}`];
  }

  /** The path of the hub's own that was remembered. */
  onwardOf(cookieHeader: string | undefined): string | undefined {
    const [value, ...others] = cookieValues(cookieHeader, this.onwardName);
    if (value === undefined || others.length > 0) return undefined;
    // A neighboring host may have planted it.
    const onward = safeRedirect(Buffer.from(value, 'base64url').toString(), [this.origin]);
    return onward === null ? undefined : onward.slice(this.origin.length);
  }

  /** A `Set-Cookie` value that forgets it. */
  forgetOnward(): string {
    return this.expire(this.onwardName);
  }

  /** `Set-Cookie` values of a sign-out. */
  clear(): string[] {
    return [this.sessionName, XSRF_COOKIE].map((name) => this.expire(name));
  }

  /** A `Set-Cookie` value that removes a cookie of the portal's host. */
  expire(name: string): string {
    return `${name}=; Max-Age=0; ${this.attributes}`;
  }
}

/**
 * What a page must send back to act for a session. Derived from the session token, so a cookie planted by a neighboring host
 * does not match (the weakness of a plain double submit).
 */
export function xsrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('xsrf').digest('base64url');
}
