import { Public, RequestError } from '@hansa/platform';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { ArtifactStore } from '#storage';
import { Picture } from './picture.entity.js';
import { PICTURE_TYPES } from './picture-type.js';

const NAME = /^([0-9a-f]{64})\.(png|jpg|webp|gif)$/;

@ApiTags('Storefront')
@Controller('pictures')
export class PicturesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ArtifactStore,
  ) {}

  /** A picture of a listing, for ever the same. */
  @Get(':name')
  @Public()
  @ApiProduces(...Object.values(PICTURE_TYPES))
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async read(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [, sha256 = ''] = NAME.exec(name) ?? [];
    // The store holds packages that have to be paid for too: only what was fetched as a picture is handed out here.
    const picture = await this.dataSource.manager.findOneBy(Picture, { sha256 });
    if (!picture || name !== `${sha256}.${picture.type}`) throw new RequestError('ROUTE_NOT_FOUND');
    const etag = `"${sha256}"`;
    void reply.headers({
      etag,
      'content-type': PICTURE_TYPES[picture.type],
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      // A stranger's bytes under the hub's name: nothing in them may run, whatever a browser takes them for.
      'content-security-policy': "default-src 'none'; sandbox",
      // Shops show them on pages of their own.
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (request.headers['if-none-match'] === etag) await reply.code(304).send();
    else await reply.header('content-length', picture.sizeBytes).send(this.store.open(sha256));
  }
}
