import { Readable } from 'node:stream';
import { MARKETPLACE_ID } from '@hansa/contracts';
import { RequestError, fastifyOf } from '@hansa/platform';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, IsUrl, Length, Matches, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublisherId, Requires } from '#auth';
import { PACKAGE_NAME } from './package-prefix.js';
import { PublisherPackagesService } from './publisher-packages.service.js';
import { UploadsService } from './uploads.service.js';

const ZIP = 'application/zip';

export class UploadVersionQuery {
  /** For a `composer.json` that names none. */
  @IsOptional() @IsString() @Length(1, 100) version?: string;
}

export class SellAsRequest {
  /** Null unties the package from its listing. */
  @IsOptional() @MaxLength(110) @Matches(MARKETPLACE_ID) marketplace_id!: string | null;
}

export class AdvisoryRequest {
  @MaxLength(150) @Matches(PACKAGE_NAME) package!: string;
  @IsString() @Length(1, 200) title!: string;
  /** Composer constraint. */
  @IsString() @Length(1, 500) affected_versions!: string;
  @IsOptional() @Matches(/^CVE-\d{4}-\d{4,9}$/) cve?: string;
  @IsOptional() @MaxLength(500) @IsUrl({ protocols: ['https'], require_protocol: true }) link?: string;
}

/** What publishers do with their Composer packages (docs/protocol/composer.md §4). */
@ApiTags('Composer packages')
@ApiBearerAuth()
@Controller('publisher/composer')
export class PublisherPackagesController implements OnApplicationBootstrap {
  constructor(
    private readonly uploads: UploadsService,
    private readonly packages: PublisherPackagesService,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Zips are handed on unread; the route decides who may send one. Other features may have said so already. */
  onApplicationBootstrap(): void {
    const fastify = fastifyOf(this.adapterHost);
    if (!fastify || fastify.hasContentTypeParser(ZIP)) return;
    fastify.addContentTypeParser(ZIP, (_request, payload, done) => done(null, payload));
  }

  /** Publishes the zip in the body as one version. */
  @Post('versions')
  @Requires('publisher')
  async upload(
    @PublisherId() publisherId: string,
    @Query() { version }: UploadVersionQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const uploaded = await this.uploads.take(publisherId, zipOf(request), version);
    void reply.status(uploaded.isNew ? 201 : 200);
    return {
      id: uploaded.id,
      name: uploaded.name,
      version: uploaded.version.version,
      version_normalized: uploaded.version.normalized,
      sha1: uploaded.sha1,
      sha256: uploaded.sha256,
      size_bytes: uploaded.sizeBytes,
    };
  }

  /** The publisher's packages. */
  @Get('packages')
  @Requires('publisher')
  async list(@PublisherId() publisherId: string) {
    const packages = await this.packages.list(publisherId);
    const items = packages.map(({ name, description, type, listingId }) => ({
      name,
      description,
      type,
      listing_id: listingId,
    }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Ties a package to the listing whose licenses open it. */
  @Put('packages/:vendor/:name/listing')
  @HttpCode(204)
  @Requires('publisher')
  async sellAs(
    @PublisherId() publisherId: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Body() { marketplace_id }: SellAsRequest,
  ): Promise<void> {
    await this.packages.sellAs(publisherId, `${vendor}/${name}`, marketplace_id);
  }

  /** Warns everybody who may read the package of a weakness. */
  @Post('advisories')
  @Requires('publisher')
  async advise(@PublisherId() publisherId: string, @Body() request: AdvisoryRequest): Promise<{ id: string }> {
    const { package: packageName, title, affected_versions: affectedVersions, cve = null, link = null } = request;
    return { id: await this.packages.advise(publisherId, { packageName, title, affectedVersions, cve, link }) };
  }

  /** Takes a warning back. */
  @Delete('advisories/:id')
  @HttpCode(204)
  @Requires('publisher')
  async withdraw(@PublisherId() publisherId: string, @Param('id') id: string): Promise<void> {
    await this.packages.withdraw(publisherId, id);
  }
}

function zipOf({ headers, body }: FastifyRequest): Readable {
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== ZIP)
    throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
  if (body instanceof Readable) return body;
  if (Buffer.isBuffer(body)) return Readable.from([body]);
  throw new RequestError('MALFORMED_REQUEST');
}
