import { Clock } from '@hansa/platform';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { CentralConfig } from '#config';
import { CertificatesService } from './certificates.service.js';
import { CertificationKeys } from './certification-keys.js';
import { DevelopmentIssuer } from './development-issuer.js';
import { Issuer } from './issuer.js';
import { LookAfterCertificates } from './look-after-certificates.job.js';
import { ProofLook } from './proof-look.js';
import { RevokeCertificate } from './revoke-certificate.job.js';
import { SettleCertificate } from './settle-certificate.job.js';
import { WorkOnCertificate } from './work-on-certificate.job.js';

/** The ACME client is large: it is loaded where a CA is set, and nowhere else. */
async function issuerFor(
  { certificates: { acme } }: CentralConfig,
  keys: CertificationKeys,
  clock: Clock,
): Promise<Issuer> {
  if (!acme) return new DevelopmentIssuer(keys, clock);
  const { AcmeIssuer } = await import('./acme-issuer.js');
  return new AcmeIssuer(acme, keys);
}

@Module({
  providers: [
    CertificatesService,
    CertificationKeys,
    LookAfterCertificates,
    RevokeCertificate,
    SettleCertificate,
    WorkOnCertificate,
    {
      provide: ProofLook,
      useFactory: ({ certificates: { testHosts } }: CentralConfig) => new ProofLook({ testHosts }),
      inject: [CentralConfig],
    },
    {
      provide: Issuer,
      useFactory: issuerFor,
      inject: [CentralConfig, CertificationKeys, Clock],
    },
  ],
  exports: [CertificatesService],
})
export class CertificatesModule implements OnApplicationShutdown {
  constructor(private readonly look: ProofLook) {}

  async onApplicationShutdown(): Promise<void> {
    await this.look.close();
  }
}
