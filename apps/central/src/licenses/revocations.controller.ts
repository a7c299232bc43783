import { Public } from '@hansa/platform';
import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RevocationLists } from './revocation-list.service.js';

@ApiTags('Licenses')
@Controller('store/marketplace')
export class RevocationsController {
  constructor(private readonly lists: RevocationLists) {}

  /** The signed list of licenses that are revoked or suspended: a compact JWS of type `license-revocations+jws` (licenses.md §3). */
  @Get('revocations')
  @Public()
  @Header('content-type', 'application/jose')
  @Header('cache-control', 'public, max-age=60')
  @ApiProduces('application/jose')
  @ApiOkResponse({ schema: { type: 'string' } })
  async read(
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const { sequence, jws } = await this.lists.current();
    const etag = `"${sequence}"`;
    void reply.header('etag', etag);
    if (known !== etag) return jws;
    void reply.code(304);
    return undefined;
  }
}
