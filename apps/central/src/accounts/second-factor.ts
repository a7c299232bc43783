import { generateSecret, generateURI, verify } from 'otplib';

/** RFC 6238 with the numbers every authenticator app knows: SHA-1, six digits, 30 seconds. */
const PERIOD_SECONDS = 30;
const CODE = /^\d{6}$/;

/** A fresh secret in base 32: 160 bits, as RFC 4226 recommends. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

/** What an authenticator app scans. */
export function totpUri(secret: string, email: string, issuer: string): string {
  return generateURI({ issuer, label: email, secret });
}

/**
 * The time step a code belongs to, or undefined when it is not right at `now`, give or take one step. A step up to `lastStep`
 * is refused: a code that was looked over a shoulder works no second time (RFC 6238 §5.2).
 */
export async function totpStepOf(
  secret: string,
  code: string,
  now: Date,
  lastStep: number,
): Promise<number | undefined> {
  if (!CODE.test(code)) return undefined;
  const epoch = Math.floor(now.getTime() / 1_000);
  const result = await verify({ secret, token: code, epoch, epochTolerance: PERIOD_SECONDS });
  if (!result.valid) return undefined;
  const step = Math.floor(epoch / PERIOD_SECONDS) + result.delta;
  return step > lastStep ? step : undefined;
}
