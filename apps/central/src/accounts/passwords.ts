import { hash, verify } from '@node-rs/argon2';

/** OWASP's second recommended set for argon2id; the library's default algorithm is argon2id. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Verified when nobody has the e-mail, so that both answers take the same time (user enumeration). */
let decoyHash: Promise<string> | undefined;

export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2);
}

/** Whether the password is the one behind `passwordHash`; never for undefined, and no sooner. */
export async function passwordMatches(passwordHash: string | undefined, password: string): Promise<boolean> {
  decoyHash ??= hash('decoy', ARGON2);
  const matches = await verify(passwordHash ?? (await decoyHash), password);
  return matches && passwordHash !== undefined;
}
