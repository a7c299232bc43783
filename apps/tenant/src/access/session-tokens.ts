import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { SessionKeys } from '#config';

/** How long a login lasts (federation.md §4). */
export const SESSION_TTL_SECONDS = 24 * 60 * 60;
const TYP = 'admin-session+jwt';
const ISSUER = 'tenant';

/** Tokens of signed-in admins: JWT under a key that signs nothing else. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly keys: SessionKeys,
    private readonly clock: Clock,
  ) {}

  async issue(adminId: string): Promise<string> {
    const now = Math.floor(this.clock.now().getTime() / 1_000);
    const { kid, key } = this.keys.newest;
    return new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: TYP, kid })
      .setIssuer(ISSUER)
      .setSubject(adminId)
      .setIssuedAt(now)
      .setExpirationTime(now + SESSION_TTL_SECONDS)
      .sign(key);
  }

  /** The admin a token was issued to, or null if it is no token of ours or has expired. */
  async read(token: string): Promise<string | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.keyNamed(kid), {
        algorithms: ['HS256'],
        typ: TYP,
        issuer: ISSUER,
        currentDate: this.clock.now(),
        requiredClaims: ['sub', 'exp'],
      });
      return payload.sub ?? null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  private keyNamed(kid: string | undefined): Uint8Array {
    const found = this.keys.all.find((candidate) => candidate.kid === kid);
    if (!found) throw new errors.JWKSNoMatchingKey();
    return found.key;
  }
}
