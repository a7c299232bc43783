import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { cookieValues, xsrfTokenOf } from './merchant-cookies.js';

const TOKEN = /^hses_[A-Za-z0-9_-]{43}$/;
/** Name of the cookie that pages of the publisher portal read and send back as `x-xsrf-token`. */
export const ACCOUNT_XSRF_COOKIE = 'XSRF-ACCOUNT';

/** The cookies of people with an account. Behind https the session cookie is bound to this one host (`__Host-`). */
export class AccountCookies {
  private readonly name: string;
  private readonly attributes: string;

  constructor(hubUrl: string) {
    const secure = hubUrl.startsWith('https:');
    this.name = secure ? '__Host-hansa-account' : 'hansa-account';
    this.attributes = `Path=/; SameSite=Strict${secure ? '; Secure' : ''}`;
  }

  /**
   * The session a request may act for. Reading needs the cookie alone; anything else needs the token of its page too, so that no
   * other site can act in its name (cross-site request forgery).
   */
  sessionOf(headers: IncomingHttpHeaders, method: string): string | undefined {
    const [token, ...others] = cookieValues(headers.cookie, this.name);
    if (token === undefined || others.length > 0 || !TOKEN.test(token)) return undefined;
    if (method === 'GET' || method === 'HEAD') return token;
    const given = Buffer.from(String(headers['x-xsrf-token'] ?? ''));
    const expected = Buffer.from(xsrfTokenOf(token));
    return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined;
  }

  /** `Set-Cookie` values of a sign-in. */
  setFor(token: string, maxAgeSeconds: number): string[] {
    const rest = `Max-Age=${maxAgeSeconds}; ${this.attributes}`;
    return [`${this.name}=${token}; HttpOnly; ${rest}`, `${ACCOUNT_XSRF_COOKIE}=${xsrfTokenOf(token)}; ${rest}`];
  }

  /** `Set-Cookie` values of a sign-out. */
  clear(): string[] {
    return [this.name, ACCOUNT_XSRF_COOKIE].map((name) => `${name}=; Max-Age=0; ${this.attributes}`);
  }
}
