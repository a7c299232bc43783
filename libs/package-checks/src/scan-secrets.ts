import type { ReleaseFinding } from '@hansa/contracts';
import { matchesOf } from './text-lines.js';

/** Secrets that announce themselves; each pattern is linear in the text. */
const SECRETS: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY-----/g, what: 'a private key' },
  { pattern: /\bAKIA[0-9A-Z]{16}\b/g, what: 'an AWS access key' },
  { pattern: /\bgh[pousr]_[A-Za-z0-9]{36}\b/g, what: 'a GitHub token' },
  { pattern: /\bnpm_[A-Za-z0-9]{36}\b/g, what: 'an npm token' },
  { pattern: /\b[sr]k_live_[A-Za-z0-9]{16,}\b/g, what: 'a live Stripe key' },
  { pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,}\b/g, what: 'a Slack token' },
  { pattern: /\bhpub_[A-Za-z0-9_-]{43,49}\b/g, what: 'a publish token of a hub' },
];
const MAX_PLACES = 10;

/** Whether a file of this name should never be in a package. */
export function isSecretFile(path: string): boolean {
  return /(^|\/)(\.env(\.[\w-]+)?|\.npmrc|\.netrc|id_(rsa|ed25519|ecdsa)|[\w.-]+\.(pem|p12|pfx))$/.test(path);
}

/**
 * Secrets in the text of one file. Whoever downloads the package would have them, so they refuse it; in what others wrote
 * (`node_modules`, where test keys abound) they are shown to the reviewer.
 */
export function scanSecrets(file: string, text: string): ReleaseFinding[] {
  const severity = file.includes('node_modules/') ? 'warning' : 'error';
  const advice = 'Take it out, and replace the secret: it has been shown.';
  const findings = SECRETS.flatMap(({ pattern, what }) =>
    matchesOf(text, pattern, MAX_PLACES).map(({ line }): ReleaseFinding => ({
      check: 'static-scan',
      severity,
      message: `holds ${what}`,
      file,
      line,
      advice,
    })),
  );
  const isPrivateJwk = /"kty"\s*:/.test(text) && /"d"\s*:\s*"/.test(text);
  if (!isPrivateJwk) return findings;
  return [...findings, { check: 'static-scan', severity, message: 'holds a private key (JWK)', file, advice }];
}
