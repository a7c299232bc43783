import { Clock } from '@hansa/platform';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { CentralConfig } from '#config';
import { AcmeIssuer } from './acme-issuer.js';
import { CertificatesService } from './certificates.service.js';
import { CertificationKeys } from './certification-keys.js';
import { DevelopmentIssuer } from './development-issuer.js';
import { Issuer } from './issuer.js';
import { LookAfterCertificates } from './look-after-certificates.job.js';
import { ProofLook } from './proof-look.js';
import { RevokeCertificate } from './revoke-certificate.job.js';
import { SettleCertificate } from './settle-certificate.job.js';
import { WorkOnCertificate } from './work-on-certificate.job.js';

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
      useFactory: ({ certificates: { acme } }: CentralConfig, keys: CertificationKeys, clock: Clock) =>
        acme ? new AcmeIssuer(acme, keys) : new DevelopmentIssuer(keys, clock),
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
