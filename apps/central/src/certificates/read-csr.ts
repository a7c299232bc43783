import * as x509 from '@peculiar/x509';
import { createPublicKey } from 'node:crypto';
import { CertificateError } from './certificates.errors.js';
import { isPublicDnsName } from './dns-name.js';

const MAX_PEM_CHARS = 16_384;
/** What CAs commonly put into one certificate. */
const MAX_NAMES = 100;
const PEM = /^-----BEGIN (NEW )?CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END (NEW )?CERTIFICATE REQUEST-----\s*$/;
const CURVES: readonly string[] = ['P-256', 'P-384'];
const DIGESTS: readonly string[] = ['SHA-256', 'SHA-384', 'SHA-512'];
const SUBJECT_ALT_NAME = '2.5.29.17';

/** A certificate request the hub has read: well formed, signed by its own strong key, for public host names only. */
export interface ReadCsr {
  /** In lower case, sorted, each once: common name and alternative names together. */
  readonly names: readonly string[];
  readonly der: Buffer;
}

/**
 * Reads a PKCS #10 request (RFC 2986). The names to validate come from here and from nowhere else: what a client says beside it
 * is not believed.
 *
 * @throws {CertificateError} CSR_UNREADABLE, CSR_SIGNATURE_WRONG, CSR_KEY_WEAK, CSR_DIGEST_WEAK, CSR_NAMES_MISSING,
 * CSR_NAMES_TOO_MANY or CSR_NAME_REFUSED
 */
export async function readCsr(pem: string): Promise<ReadCsr> {
  const csr = parse(pem);
  refuseWeakKey(csr);
  const { hash } = csr.signatureAlgorithm as { hash?: { name: string } };
  if (!DIGESTS.includes(hash?.name ?? '')) throw new CertificateError('CSR_DIGEST_WEAK');
  // Proof of possession: without it one could have a certificate made for somebody else's public key.
  if (!(await csr.verify().catch(() => false))) throw new CertificateError('CSR_SIGNATURE_WRONG');
  return { names: namesOf(csr), der: Buffer.from(csr.rawData) };
}

function parse(pem: string): x509.Pkcs10CertificateRequest {
  if (pem.length > MAX_PEM_CHARS || !PEM.test(pem.trim())) throw new CertificateError('CSR_UNREADABLE');
  try {
    const body = pem.replace(/-----[A-Z ]+-----|\s/g, '');
    return new x509.Pkcs10CertificateRequest(Buffer.from(body, 'base64'));
  } catch (cause) {
    throw new CertificateError('CSR_UNREADABLE', {}, { cause });
  }
}

function refuseWeakKey(csr: x509.Pkcs10CertificateRequest): void {
  let key;
  try {
    key = createPublicKey({ key: Buffer.from(csr.publicKey.rawData), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new CertificateError('CSR_KEY_WEAK', {}, { cause });
  }
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  const jwkCurve = namedCurve && { prime256v1: 'P-256', secp384r1: 'P-384' }[namedCurve];
  // With an exponent like 1 anybody can sign; browsers and CAs take odd ones from 65537 on.
  const strongRsa =
    key.asymmetricKeyType === 'rsa' &&
    modulusLength >= 2_048 &&
    modulusLength <= 8_192 &&
    publicExponent >= 65_537n &&
    publicExponent % 2n === 1n;
  const strongEc = key.asymmetricKeyType === 'ec' && CURVES.includes(jwkCurve ?? '');
  if (!strongRsa && !strongEc) throw new CertificateError('CSR_KEY_WEAK');
}

function namesOf(csr: x509.Pkcs10CertificateRequest): string[] {
  const extension = csr.getExtension(SUBJECT_ALT_NAME);
  const alternatives = extension ? new x509.SubjectAlternativeNameExtension(extension.rawData).names.items : [];
  const names = [...csr.subjectName.getField('CN'), ...alternatives.map(({ type, value }) => refuseOther(type, value))];
  if (names.length === 0) throw new CertificateError('CSR_NAMES_MISSING');
  const read = names.map((name) => name.toLowerCase());
  for (const name of read) if (!isPublicDnsName(name)) throw new CertificateError('CSR_NAME_REFUSED', { name });
  const each = [...new Set(read)].sort();
  if (each.length > MAX_NAMES) throw new CertificateError('CSR_NAMES_TOO_MANY', { allowed: MAX_NAMES });
  return each;
}

/** A CA would sign addresses and mailboxes too; nobody has shown control of those. */
function refuseOther(type: string, value: string): string {
  if (type !== 'dns') throw new CertificateError('CSR_NAME_REFUSED', { name: value });
  return value;
}
