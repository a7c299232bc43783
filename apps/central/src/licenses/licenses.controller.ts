import { LicenseView, MARKETPLACE_ID } from '@hansa/contracts';
import { Clock } from '@hansa/platform';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, Matches, ValidateNested } from 'class-validator';
import { InstanceId, Requires } from '#auth';
import { LicenseMoves } from './license-moves.service.js';
import { LicensesService, viewOf } from './licenses.service.js';

export class OwnLicense extends LicenseView {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  /** Whether the asking instance is activated. */
  @IsBoolean() activated!: boolean;
}

export class OwnLicensesResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => OwnLicense) items!: OwnLicense[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

/** What an instance may do with its own licenses (federation.md §2). */
@ApiTags('Licenses')
@ApiBearerAuth()
@Controller('store/marketplace/licenses')
export class LicensesController {
  constructor(
    private readonly licenses: LicensesService,
    private readonly moves: LicenseMoves,
    private readonly clock: Clock,
  ) {}

  /** Licenses this instance bought or uses. The keys themselves are not shown again. */
  @Get()
  @Requires('instance')
  @ApiOkResponse({ type: OwnLicensesResponse })
  async list(@InstanceId() instanceId: string): Promise<OwnLicensesResponse> {
    const now = this.clock.now();
    const items = (await this.licenses.listOwn(instanceId)).map((row) => ({
      ...viewOf(row, now),
      marketplace_id: row.marketplace_id,
      activated: row.activated_as !== null,
    }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Sends a license this instance bought or uses once more, as a `license.issued`: it has given it up, or lost it. */
  @Post(':id/issue')
  @HttpCode(202)
  @Requires('instance')
  @ApiAcceptedResponse()
  async issueAgain(@InstanceId() instanceId: string, @Param('id') id: string): Promise<void> {
    await this.moves.issueAgain(id, instanceId);
  }

  /** Gives back this instance's seat, so that another can take it. */
  @Post(':id/deactivate')
  @HttpCode(204)
  @Requires('instance')
  @ApiNoContentResponse()
  async deactivate(@InstanceId() instanceId: string, @Param('id') id: string): Promise<void> {
    await this.licenses.deactivate(instanceId, id);
  }
}
