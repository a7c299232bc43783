import { DomainError, type Refusal, type RefusalFacts } from '@hansa/platform';

const REFUSALS = {
  CERTIFICATES_UNAVAILABLE: { kind: 'unavailable', message: 'This hub issues no certificates at the moment.' },
  CSR_UNREADABLE: { kind: 'invalid', message: 'The certificate request is no PKCS #10 request in PEM.' },
  CSR_SIGNATURE_WRONG: { kind: 'invalid', message: 'The certificate request is not signed by its own key.' },
  CSR_KEY_WEAK: { kind: 'invalid', message: 'The key is none of RSA with 2048 to 8192 bits, P-256 and P-384.' },
  CSR_DIGEST_WEAK: { kind: 'invalid', message: 'The certificate request is signed with a digest older than SHA-256.' },
  CSR_NAMES_MISSING: { kind: 'invalid', message: 'The certificate request names no host.' },
  CSR_NAMES_TOO_MANY: {
    kind: 'invalid',
    message: 'The certificate request names more hosts than one certificate may carry.',
  },
  CSR_NAME_REFUSED: {
    kind: 'invalid',
    message:
      'A name in the certificate request is no public host name; wildcards need validation by DNS, which is not offered.',
  },
} as const satisfies Record<string, Refusal>;

export type CertificateRefusal = keyof typeof REFUSALS;

export class CertificateError extends DomainError<CertificateRefusal> {
  constructor(code: CertificateRefusal, facts: RefusalFacts = {}, options?: ErrorOptions) {
    super(code, REFUSALS[code], facts, options);
  }
}
