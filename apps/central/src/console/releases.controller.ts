import {
  DependencyAdvisories,
  MARKETPLACE_ID,
  PageQuery,
  RELEASE_STATUSES,
  ReleaseAlerts,
  ReleaseView,
  RolloutView,
  SearchQuery,
  type ReleaseStatus,
} from '@hansa/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { OperatorActor, Requires } from '#auth';
import {
  AdvisoryDatabaseService,
  HaltRequest,
  ReleaseDossierService,
  releaseView,
  ReviewReleaseService,
  RolloutRequest,
  RolloutsService,
} from '#releases';
import { commentView, dossierView } from './release-views.js';

export class ListReleasesQuery extends PageQuery {
  @IsOptional() @IsIn(RELEASE_STATUSES) status?: ReleaseStatus;
  /** Of one package; then the latest come first. */
  @IsOptional() @Matches(MARKETPLACE_ID) marketplace_id?: string;
}

export class ReleaseList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ReleaseView) items!: ReleaseView[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

export class ApproveRequest {
  @IsOptional() @IsString() @MaxLength(2_000) note?: string;
}

export class ReviewNoteRequest {
  /** For the publisher: what has to change, or why not. */
  @IsString() @Length(1, 2_000) note!: string;
}

export class CommentRequest {
  @IsString() @Length(1, 5_000) body!: string;
  /** For operators only. */
  @IsOptional() @IsBoolean() internal?: boolean;
}

export class YankRequest {
  @IsString() @Length(1, 2_000) reason!: string;
}

@ApiTags('Console')
@Controller('console/releases')
export class ReleasesController {
  constructor(
    private readonly reviews: ReviewReleaseService,
    private readonly dossiers: ReleaseDossierService,
    private readonly advisories: AdvisoryDatabaseService,
    private readonly rollouts: RolloutsService,
  ) {}

  /** Releases in a state, longest waiting first; those of one package latest first. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseList })
  async list(@Query() query: ListReleasesQuery): Promise<ReleaseList> {
    const { status, marketplace_id: marketplaceId, limit = 20, offset = 0 } = query;
    const { items, count } = await this.reviews.list({ status, marketplaceId }, { limit, offset });
    return { items: items.map(releaseView), count, limit, offset };
  }

  /** Published releases in which an imported advisory was found since, latest first. */
  @Get('alerts')
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseAlerts })
  async alerts(@Query() query: PageQuery): Promise<ReleaseAlerts> {
    return this.advisories.alerts(query);
  }

  /** What the imported databases say about packages that releases bring along, by package. */
  @Get('dependency-advisories')
  @Requires('operator')
  @ApiOkResponse({ type: DependencyAdvisories })
  async dependencyAdvisories(@Query() query: SearchQuery): Promise<DependencyAdvisories> {
    return this.advisories.list(query);
  }

  /** Everything there is to read before deciding: checks, findings, what changed, comments, approvals. */
  @Get(':id')
  @Requires('operator')
  async read(@Param('id') id: string) {
    return dossierView(await this.dossiers.read(id, 'operator'));
  }

  /** The bill of materials, a CycloneDX document. */
  @Get(':id/sbom')
  @Requires('operator')
  async sbom(@Param('id') id: string): Promise<object> {
    return this.dossiers.sbom(id, 'operator');
  }

  /** Takes a release out of the queue for a day. */
  @Post(':id/claim')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async claim(@Param('id') id: string, @OperatorActor() actor: string): Promise<ReleaseView> {
    return releaseView(await this.reviews.claim(id, actor));
  }

  /** Puts it back. */
  @Delete(':id/claim')
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async unclaim(@Param('id') id: string, @OperatorActor() actor: string): Promise<ReleaseView> {
    return releaseView(await this.reviews.unclaim(id, actor));
  }

  /** Says something about a release, to its publisher or among operators. */
  @Post(':id/comments')
  @Requires('operator')
  async comment(
    @Param('id') id: string,
    @Body() { body, internal }: CommentRequest,
    @OperatorActor() actor: string,
  ): Promise<object> {
    return commentView(await this.dossiers.comment(id, body, internal ?? false, 'operator', actor));
  }

  /** Lets a reviewed release be published; a job does it. A publisher under the two-person rule needs two operators. */
  @Post(':id/approve')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async approve(
    @Param('id') id: string,
    @Body() { note }: ApproveRequest,
    @OperatorActor() actor: string,
  ): Promise<ReleaseView> {
    return releaseView(await this.reviews.approve(id, note ?? null, actor));
  }

  /** Refuses a release for good. */
  @Post(':id/reject')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async reject(
    @Param('id') id: string,
    @Body() { note }: ReviewNoteRequest,
    @OperatorActor() actor: string,
  ): Promise<ReleaseView> {
    return releaseView(await this.reviews.reject(id, note, actor));
  }

  /** Hands a release back to its publisher. */
  @Post(':id/request-changes')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async requestChanges(
    @Param('id') id: string,
    @Body() { note }: ReviewNoteRequest,
    @OperatorActor() actor: string,
  ): Promise<ReleaseView> {
    return releaseView(await this.reviews.requestChanges(id, note, actor));
  }

  /** Hides a published release and stops its downloads. */
  @Post(':id/yank')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async yank(
    @Param('id') id: string,
    @Body() { reason }: YankRequest,
    @OperatorActor() actor: string,
  ): Promise<ReleaseView> {
    return releaseView(await this.reviews.yank(id, reason, actor));
  }

  /** Brings a yanked release back. */
  @Post(':id/unyank')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async unyank(@Param('id') id: string, @OperatorActor() actor: string): Promise<ReleaseView> {
    return releaseView(await this.reviews.unyank(id, actor));
  }

  /** How far the rollout of a release is, and what shops reported of it. */
  @Get(':id/rollout')
  @Requires('operator')
  @ApiOkResponse({ type: RolloutView })
  async rollout(@Param('id') id: string): Promise<RolloutView> {
    return this.rollouts.read(id, null);
  }

  /** Sets how many percent of the shops are offered a release, and ends a halt. */
  @Put(':id/rollout')
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async setRollout(
    @Param('id') id: string,
    @Body() { percent }: RolloutRequest,
    @OperatorActor() actor: string,
  ): Promise<ReleaseView> {
    return releaseView(await this.rollouts.set(id, percent, null, actor));
  }

  /** Offers a release to no more shops. */
  @Post(':id/halt')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReleaseView })
  async halt(
    @Param('id') id: string,
    @Body() { reason }: HaltRequest,
    @OperatorActor() actor: string,
  ): Promise<ReleaseView> {
    return releaseView(await this.rollouts.halt(id, reason, null, actor));
  }
}
