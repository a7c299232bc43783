import { Readable } from 'node:stream';
import {
  AddPublisherKeyRequest,
  ListingRequest,
  ListingView,
  PublisherKeyView,
  RELEASE_SIGNATURE_HEADER,
  ReleaseView,
} from '@hansa/contracts';
import { RequestError } from '@hansa/platform';
import { Body, Controller, Get, Headers, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublisherId, Requires } from '#auth';
import { ListingsService } from './listings.service.js';
import { PublisherKeysService } from './publisher-keys.service.js';
import { keyView, listingView, releaseView } from './release-view.js';
import { ReleaseError } from './releases.errors.js';
import { SubmitReleaseService } from './submit-release.service.js';

/** What publishers' tools call (federation.md §8). */
@ApiTags('Publisher')
@Controller('publisher')
export class PublisherController {
  constructor(
    private readonly listings: ListingsService,
    private readonly releases: SubmitReleaseService,
    private readonly keys: PublisherKeysService,
  ) {}

  /** Makes or replaces a listing: what the product page says and costs. */
  @Put('packages/:vendor/:name')
  @Requires('publisher')
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
  @Requires('publisher')
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
  @Requires('publisher')
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
  @Requires('publisher')
  @ApiOkResponse({ type: ReleaseView })
  async read(@PublisherId() publisherId: string, @Param('id') id: string): Promise<ReleaseView> {
    return releaseView(await this.releases.find(publisherId, id));
  }

  /** Adds a key releases may be signed with. The same key again is the key it already is. */
  @Post('keys')
  @Requires('publisher')
  @ApiCreatedResponse({ type: PublisherKeyView })
  async addKey(@PublisherId() publisherId: string, @Body() request: AddPublisherKeyRequest): Promise<PublisherKeyView> {
    return keyView(await this.keys.add(publisherId, request));
  }

  /** The live keys, oldest first. */
  @Get('keys')
  @Requires('publisher')
  @ApiOkResponse({ type: [PublisherKeyView] })
  async listKeys(@PublisherId() publisherId: string) {
    const items = (await this.keys.list(publisherId)).map(keyView);
    return { items, count: items.length, limit: items.length, offset: 0 };
  }
}
