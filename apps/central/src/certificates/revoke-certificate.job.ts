import { OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CertificateOrder } from './certificate-order.entity.js';
import { revokeCertificate } from './certificate-steps.js';
import { Issuer } from './issuer.js';

/** Has the CA take back what was revoked, or issued and not paid. A CA that does not answer is asked again by the queue. */
@Injectable()
export class RevokeCertificate {
  constructor(
    private readonly dataSource: DataSource,
    private readonly issuer: Issuer,
  ) {}

  @OnJob(revokeCertificate)
  async run({ certificateId: id }: { certificateId: string }): Promise<void> {
    const order = await this.dataSource.manager.findOneBy(CertificateOrder, { id });
    if (!order?.certificatePem) return;
    await this.issuer.revoke(order.certificatePem);
    await this.dataSource.manager.update(CertificateOrder, { id }, { certificatePem: null });
  }
}
