import { OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { settleCertificate, type Settlement } from './certificate-steps.js';

/**
 * Whoever took the payment for a certificate; provided by the feature that sells it. Certificates know no money, and what is paid
 * for together is settled together.
 */
export abstract class CertificatePayments {
  /**
   * Takes the held money for a certificate that was issued, and then calls `CertificatesService.paymentSettled`; or gives the
   * money back for one that never will be. May be called twice for one certificate.
   */
  abstract settle(settlement: Settlement): Promise<void>;
}

@Injectable()
export class SettleCertificate {
  constructor(private readonly modules: ModuleRef) {}

  @OnJob(settleCertificate)
  async run(settlement: Settlement): Promise<void> {
    // Looked up late: who sells certificates stands in a layer above and imports this one.
    await this.modules.get(CertificatePayments, { strict: false }).settle(settlement);
  }
}
