import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { type Clock } from '@hansa/platform';
import * as x509 from '@peculiar/x509';
import { type CertificationKeys, type NewKey } from './certification-keys.js';
import { Issuer, type CertificateWish, type IssuerOrder, type IssuerProgress } from './issuer.js';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGN = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 24 * 3_600_000;
/** How long a certificate is good for; an ACME CA decides for itself, and most have come to the same. */
export const CERTIFICATE_DAYS = 90;
const CA_NAME = 'CN=Hansa development CA, O=Not to be trusted';
const CA_DAYS = 3_650;
/** A common name holds 64 characters at most (RFC 5280, appendix A). */
const MAX_COMMON_NAME = 64;

/** A CA of the hub's own, for development and tests: nobody trusts it, and it issues at once. */
export class DevelopmentIssuer extends Issuer {
  readonly id = 'development';

  constructor(
    private readonly keys: CertificationKeys,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async open(): Promise<IssuerOrder> {
    return Promise.resolve({ issuer: this.id, reference: '', challenges: [] });
  }

  override async advance(_order: IssuerOrder, wish: CertificateWish): Promise<IssuerProgress> {
    const { privatePem, certificatePem } = await this.keys.keyOf(this.id, () => this.makeCa());
    const ca = new x509.X509Certificate(certificatePem!);
    const csr = new x509.Pkcs10CertificateRequest(wish.csrDer);
    const now = this.clock.now();
    const [first = ''] = wish.names;
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: newSerial(),
      issuer: ca.subject,
      subject: first.length <= MAX_COMMON_NAME ? `CN=${first}` : '',
      notBefore: now,
      notAfter: new Date(now.getTime() + CERTIFICATE_DAYS * DAY_MS),
      publicKey: csr.publicKey,
      signingKey: await importKey(privatePem),
      signingAlgorithm: SIGN,
      extensions: [
        new x509.SubjectAlternativeNameExtension(wish.names.map((value) => ({ type: 'dns', value }))),
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.SubjectKeyIdentifierExtension.create(csr.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      ],
    });
    return { state: 'issued', certificatePem: `${leaf.toString('pem')}\n${certificatePem!}` };
  }

  /** Nobody trusts its certificates, and nobody asks it about them: there is nobody to tell. */
  override async revoke(): Promise<void> {
    return Promise.resolve();
  }

  private async makeCa(): Promise<NewKey> {
    const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
    const now = this.clock.now();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: newSerial(),
      name: CA_NAME,
      notBefore: now,
      notAfter: new Date(now.getTime() + CA_DAYS * DAY_MS),
      signingAlgorithm: SIGN,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    const privatePem = x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
    return { privatePem, certificatePem: `${certificate.toString('pem')}\n` };
  }
}

async function importKey(privatePem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(privatePem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, P256, false, ['sign']);
}

/** Positive, and with more than the 64 bits of chance that CAs owe. */
function newSerial(): string {
  return Buffer.concat([Buffer.from([0x01]), randomBytes(15)]).toString('hex');
}
