import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

type Headers = FastifyRequest['headers'];

/** Name of the cookie that the shop's screens read and send back as `x-xsrf-token`. */
export const XSRF_COOKIE = 'XSRF-ADMIN';

/** The cookies of a signed-in admin. Behind https the session cookie is bound to this one host (`__Host-`). */
export class AdminCookies {
  private readonly name: string;
  private readonly attributes: string;

  constructor(baseUrl: string) {
    const secure = baseUrl.startsWith('https:');
    this.name = secure ? '__Host-hansa-admin' : 'hansa-admin';
    this.attributes = `Path=/; SameSite=Strict${secure ? '; Secure' : ''}`;
  }

  /** The session token a request came with; undefined when there is none, or more than one (a planted cookie). */
  tokenOf({ cookie }: Headers): string | undefined {
    const tokens = valuesOf(cookie, this.name);
    return tokens.length === 1 && tokens[0] !== '' ? tokens[0] : undefined;
  }

  /** `Set-Cookie` values of a sign-in. */
  setFor(token: string, maxAgeSeconds: number): string[] {
    const rest = `Max-Age=${maxAgeSeconds}; ${this.attributes}`;
    return [`${this.name}=${token}; HttpOnly; ${rest}`, `${XSRF_COOKIE}=${xsrfTokenOf(token)}; ${rest}`];
  }

  /** `Set-Cookie` values of a sign-out. */
  clear(): string[] {
    return [this.name, XSRF_COOKIE].map((name) => `${name}=; Max-Age=0; ${this.attributes}`);
  }
}

/** Whether a request shows that a page of ours sent it: other sites can make a browser send its cookies, but cannot read them. */
export function bringsXsrfToken({ 'x-xsrf-token': sent }: Headers, token: string): boolean {
  const given = Buffer.from(String(sent ?? ''));
  const expected = Buffer.from(xsrfTokenOf(token));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Derived from the session token, so that a cookie planted by a neighboring host does not match (plain double submit would). */
export function xsrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('xsrf').digest('base64url');
}

function valuesOf(header: string | undefined, name: string): string[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}
