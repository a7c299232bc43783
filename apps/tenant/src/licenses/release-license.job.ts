import { defineJob, OnJob, type Logger } from '@hansa/platform';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGER } from '#config';
import { HubRefusal, HubService } from '#hub';
import { License } from './license.entity.js';

/** A hub that is away for a week still hears of it: the tries end after ten days. */
export const RELEASE_LICENSE = defineJob<{ licenseId: string }>('release-license', { maxAttempts: 50 });

/** Gives the seat of a license this shop has forgotten back to the hub, so that another instance can take it. */
@Injectable()
export class ReleaseLicenseJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hub: HubService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @OnJob(RELEASE_LICENSE)
  async release({ licenseId }: { licenseId: string }): Promise<void> {
    // It came back before its seat was given away.
    if (await this.dataSource.manager.existsBy(License, { licenseId })) return;
    const token = await this.hub.token();
    try {
      await this.hub.ask((client) => client.deactivateLicense(licenseId, token));
    } catch (error) {
      // No license of this shop any more: there is no seat to give back.
      if (!(error instanceof HubRefusal) || error.refusal.kind !== 'not_found') throw error;
      this.logger.info({ license: licenseId, code: error.code }, 'the hub knows no such license of this shop');
    }
  }
}
