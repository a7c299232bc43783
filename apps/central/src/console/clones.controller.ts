import { INSTANCE_ID } from '@hansa/contracts';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsString, Matches, ValidateNested } from 'class-validator';
import { OperatorActor, Requires } from '#auth';
import { Sightings } from '#instances';

export class CloneParams {
  @Matches(INSTANCE_ID) id!: string;
}
export class CloneView {
  @IsString() instance_id!: string;
  @IsString() base_url!: string;
  @IsString() flagged_at!: string;
  @IsString() seen_at!: string;
  /** Networks it called from: /24 of IPv4, /48 of IPv6. */
  @IsArray() @IsString({ each: true }) places!: string[];
}
export class ClonesResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => CloneView) items!: CloneView[];
  @IsInt() count!: number;
}

/** Shops whose identity is active in two places. They go on working: what to do about it is for a person. */
@ApiTags('Console')
@ApiBearerAuth()
@Controller('console/clones')
export class ClonesController {
  constructor(private readonly sightings: Sightings) {}

  /** Identities that were seen in two places at a time, latest first. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: ClonesResponse })
  async list(): Promise<ClonesResponse> {
    const rows = await this.sightings.listClones();
    const items = rows.map(({ flagged_at, seen_at, ...row }) => ({
      ...row,
      flagged_at: flagged_at.toISOString(),
      seen_at: seen_at.toISOString(),
    }));
    return { items, count: items.length };
  }

  /** Takes one off the list, until it is seen in two places again. */
  @Post(':id/dismiss')
  @HttpCode(204)
  @Requires('operator')
  @ApiNoContentResponse()
  async dismiss(@Param() { id }: CloneParams, @OperatorActor() actor: string): Promise<void> {
    await this.sightings.dismiss(id, actor);
  }
}
