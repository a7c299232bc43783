import { ReleaseView, ReportOutcomeRequest, RolloutView } from '@hansa/contracts';
import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { InstanceId, PublisherActor, PublisherId, Requires } from '#auth';
import { releaseView } from './release-view.js';
import { RolloutsService } from './rollouts.service.js';

export class RolloutRequest {
  /** Of the shops; once published it only rises. */
  @IsInt() @Min(0) @Max(100) percent!: number;
}

export class HaltRequest {
  /** For whoever asks why shops are not offered the release. */
  @IsString() @Length(1, 2_000) reason!: string;
}

@Controller()
export class RolloutsController {
  constructor(private readonly rollouts: RolloutsService) {}

  /** Sets how many percent of the shops are offered a release, and ends a halt. */
  @Put('publisher/releases/:id/rollout')
  @Requires('publisher', 'releases:write')
  @ApiTags('Publisher')
  @ApiOkResponse({ type: ReleaseView })
  async set(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('id') id: string,
    @Body() { percent }: RolloutRequest,
  ): Promise<ReleaseView> {
    return releaseView(await this.rollouts.set(id, percent, publisherId, actor));
  }

  /** How far the rollout of a release is, and what shops reported of it. */
  @Get('publisher/releases/:id/rollout')
  @Requires('publisher', 'releases:read')
  @ApiTags('Publisher')
  @ApiOkResponse({ type: RolloutView })
  async read(@PublisherId() publisherId: string, @Param('id') id: string): Promise<RolloutView> {
    return this.rollouts.read(id, publisherId);
  }

  /** Offers a release to no more shops. */
  @Post('publisher/releases/:id/halt')
  @HttpCode(200)
  @Requires('publisher', 'releases:write')
  @ApiTags('Publisher')
  @ApiOkResponse({ type: ReleaseView })
  async halt(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('id') id: string,
    @Body() { reason }: HaltRequest,
  ): Promise<ReleaseView> {
    return releaseView(await this.rollouts.halt(id, reason, publisherId, actor));
  }

  /** How an installation ended, from a shop whose merchant consented. */
  @Post('store/marketplace/outcomes')
  @HttpCode(202)
  @Requires('instance')
  @ApiTags('Store')
  async report(@InstanceId() instanceId: string, @Body() request: ReportOutcomeRequest): Promise<object> {
    await this.rollouts.report(instanceId, request);
    return { taken: true };
  }
}
