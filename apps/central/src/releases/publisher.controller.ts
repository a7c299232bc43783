import { Readable } from 'node:stream';
import { ListingRequest, ListingView, RELEASE_SIGNATURE_HEADER, ReleaseView } from '@hansa/contracts';
import { RequestError } from '@hansa/platform';
import { Body, Controller, Get, Headers, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublisherId, Requires } from '#auth';
import { ListingsService } from './listings.service.js';
import { listingView, releaseView } from './release-view.js';
import { ReleaseError } from './releases.errors.js';
import { SubmitReleaseService } from './submit-release.service.js';

/** What publishers' tools call (federation.md §8). */
@ApiTags('Publisher')
@Controller('publisher')
export class PublisherController {
  constructor(
    private readonly listings: ListingsService,
    private readonly releases: SubmitReleaseService,
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
}
