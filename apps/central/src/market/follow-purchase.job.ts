import { OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { followPurchase } from '#checkout';
import { CertificateMoney } from './certificate-money.service.js';

@Injectable()
export class FollowPurchase {
  constructor(private readonly money: CertificateMoney) {}

  @OnJob(followPurchase)
  async run({ purchaseId }: { purchaseId: string }): Promise<void> {
    await this.money.follow(purchaseId);
  }
}
