import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiTags } from '@nestjs/swagger';
import { stepsOf, type LicenseReason, type LicenseState } from '@hansa/contracts';
import { Requires } from '#access';
import type { Page } from '#database';
import { LicensesService } from './licenses.service.js';

interface HeldLicense {
  readonly marketplace_id: string;
  readonly license_id: string | null;
  readonly kind: string | null;
  readonly state: LicenseState;
  /** When the state ends by itself; null when it does not. */
  readonly until: string | null;
  readonly checked_at: string | null;
  /** When the license itself ends; null when it does not, or that is not known. */
  readonly expires_at: string | null;
  readonly updates_until: string | null;
  /** From when the plugin no longer runs if nothing better is heard; null when that never comes or has come. */
  readonly stops_at: string | null;
  /** Why the hub said no; null while it did not, or gave no reason. */
  readonly reason: LicenseReason | null;
  readonly clock_moved_back: boolean;
  /** What holds now and what happens on which day, in sentences. */
  readonly words: readonly string[];
}

@ApiTags('Admin')
@Controller('admin/marketplace/licenses')
export class LicensesController {
  constructor(private readonly licenses: LicensesService) {}

  /** Asks the hub for a license this shop bought and has given up or lost; it comes and installs like a purchase. */
  @Post(':id/reclaim')
  @HttpCode(202)
  @Requires('admin')
  @ApiAcceptedResponse()
  async reclaim(@Param('id') id: string): Promise<void> {
    await this.licenses.reclaim(id);
  }

  /** The licenses of this shop and what each lets its plugin do. Keys are not shown. */
  @Get()
  @Requires('admin')
  async list(): Promise<Page<HeldLicense>> {
    const held = await this.licenses.list();
    const items = held.map(({ license, explanation: { state, until, clockMovedBack, words } }) => ({
      marketplace_id: license.marketplaceId,
      license_id: license.licenseId,
      kind: license.kind,
      state,
      until: until?.toISOString() ?? null,
      checked_at: license.checkedAt?.toISOString() ?? null,
      expires_at: license.expiresAt?.toISOString() ?? null,
      updates_until: license.updatesUntil?.toISOString() ?? null,
      stops_at:
        stepsOf(license)
          .find((step) => step.state === 'stopped')
          ?.from?.toISOString() ?? null,
      reason: license.failureReason,
      clock_moved_back: clockMovedBack,
      words,
    }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }
}
