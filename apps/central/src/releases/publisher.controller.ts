import { Readable } from 'node:stream';
import { ListingRequest, ListingView, RELEASE_SIGNATURE_HEADER, ReleaseView } from '@hansa/contracts';
import { RequestError } from '@hansa/platform';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublisherActor, PublisherId, Requires } from '#auth';
import { ListingsService } from './listings.service.js';
import { listingView, releaseView } from './release-view.js';
import { ReleaseDossierService } from './release-dossier.service.js';
import { ReleaseError } from './releases.errors.js';
import type { ReleaseComment } from './review.entity.js';
import { ReviewReleaseService } from './review-release.service.js';
import { SubmitReleaseService } from './submit-release.service.js';

export class PublisherCommentRequest {
  @IsString() @Length(1, 5_000) body!: string;
}

export class PublisherYankRequest {
  @IsString() @Length(1, 2_000) reason!: string;
}

/** What publishers' tools call (federation.md §8). */
@ApiTags('Publisher')
@Controller('publisher')
export class PublisherController {
  constructor(
    private readonly listings: ListingsService,
    private readonly releases: SubmitReleaseService,
    private readonly reviews: ReviewReleaseService,
    private readonly dossiers: ReleaseDossierService,
  ) {}

  /** Makes or replaces a listing: what the product page says and costs. */
  @Put('packages/:vendor/:name')
  @Requires('publisher', 'listings:write')
  @ApiOkResponse({ type: ListingView })
  async putListing(
    @PublisherId() publisherId: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Body() request: ListingRequest,
  ): Promise<ListingView> {
    return listingView(await this.listings.put(publisherId, `${vendor}/${name}`, request));
  }

  /** The same with the id percent-encoded, as one segment. */
  @Put('packages/:marketplaceId')
  @Requires('publisher', 'listings:write')
  @ApiOkResponse({ type: ListingView })
  async putListingByEncodedId(
    @PublisherId() publisherId: string,
    @Param('marketplaceId') marketplaceId: string,
    @Body() request: ListingRequest,
  ): Promise<ListingView> {
    return listingView(await this.listings.put(publisherId, marketplaceId, request));
  }

  /** Submits a release: the zip as the body, its detached signature in a header. 200 when these bytes are known already. */
  @Post('releases')
  @Requires('publisher', 'releases:write')
  @ApiConsumes('application/zip')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiHeader({ name: RELEASE_SIGNATURE_HEADER, required: true })
  @ApiCreatedResponse({ type: ReleaseView })
  @ApiOkResponse({ type: ReleaseView })
  async submit(
    @PublisherId() publisherId: string,
    @Headers(RELEASE_SIGNATURE_HEADER) signature: string | undefined,
    @Req() { body }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReleaseView> {
    if (!(body instanceof Readable)) throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
    if (!signature) throw new ReleaseError('SIGNATURE_REQUIRED');
    const submission = await this.releases.submit(publisherId, body, signature);
    void reply.status(submission.created ? 201 : 200);
    return releaseView(submission);
  }

  /** One of the publisher's own releases, with what the checks found. */
  @Get('releases/:id')
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: ReleaseView })
  async read(@PublisherId() publisherId: string, @Param('id') id: string): Promise<ReleaseView> {
    return releaseView(await this.releases.find(publisherId, id));
  }

  /** The bill of materials of one of the publisher's own releases, a CycloneDX document. */
  @Get('releases/:id/sbom')
  @Requires('publisher', 'releases:read')
  async sbom(@PublisherId() publisherId: string, @Param('id') id: string): Promise<object> {
    return this.dossiers.sbom(id, { publisherId });
  }

  /** What was said about a release, without what operators keep among themselves. */
  @Get('releases/:id/comments')
  @Requires('publisher', 'releases:read')
  async comments(@PublisherId() publisherId: string, @Param('id') id: string) {
    const items = (await this.dossiers.read(id, { publisherId })).comments.map(publicComment);
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Answers the reviewer. */
  @Post('releases/:id/comments')
  @Requires('publisher', 'releases:write')
  async comment(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('id') id: string,
    @Body() { body }: PublisherCommentRequest,
  ): Promise<object> {
    return publicComment(await this.dossiers.comment(id, body, false, { publisherId }, actor));
  }

  /** Hides a release and stops its downloads. */
  @Post('releases/:id/yank')
  @HttpCode(200)
  @Requires('publisher', 'releases:write')
  @ApiOkResponse({ type: ReleaseView })
  async yank(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('id') id: string,
    @Body() { reason }: PublisherYankRequest,
  ): Promise<ReleaseView> {
    return releaseView(await this.reviews.yankOwn(publisherId, id, reason, actor));
  }

  /** Brings a release back that the publisher yanked. */
  @Post('releases/:id/unyank')
  @HttpCode(200)
  @Requires('publisher', 'releases:write')
  @ApiOkResponse({ type: ReleaseView })
  async unyank(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('id') id: string,
  ): Promise<ReleaseView> {
    return releaseView(await this.reviews.unyankOwn(publisherId, id, actor));
  }
}

/** Operators are not named to publishers. */
function publicComment({ id, author, body, writtenAt }: ReleaseComment) {
  return {
    id,
    by: author.startsWith('operator:') ? 'reviewer' : 'publisher',
    body,
    written_at: writtenAt.toISOString(),
  };
}
