import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { LicenseState } from '@hansa/contracts';
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
  /** What holds now and what happens on which day, in sentences. */
  readonly words: readonly string[];
}

@ApiTags('Admin')
@Controller('admin/marketplace/licenses')
export class LicensesController {
  constructor(private readonly licenses: LicensesService) {}

  /** The licenses of this shop and what each lets its plugin do. Keys are not shown. */
  @Get()
  @Requires('admin')
  async list(): Promise<Page<HeldLicense>> {
    const held = await this.licenses.list();
    const items = held.map(({ license, explanation: { state, until, words } }) => ({
      marketplace_id: license.marketplaceId,
      license_id: license.licenseId,
      kind: license.kind,
      state,
      until: until?.toISOString() ?? null,
      checked_at: license.checkedAt?.toISOString() ?? null,
      expires_at: license.expiresAt?.toISOString() ?? null,
      updates_until: license.updatesUntil?.toISOString() ?? null,
      words,
    }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }
}
