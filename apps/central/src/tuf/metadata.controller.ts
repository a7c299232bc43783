import { Public } from '@hansa/platform';
import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MetadataReader } from './metadata-reader.js';

/** The repository of released files, for `tuf` clients (federation.md §2). */
@ApiTags('Keys')
@Controller('tuf/metadata')
export class MetadataController {
  constructor(private readonly reader: MetadataReader) {}

  /** One metadata file: `timestamp.json`, and the others under their version (`2.root.json`, `7.snapshot.json`, `1.bins-7f.json`). */
  @Get(':name')
  @Public()
  @ApiOkResponse({ schema: { type: 'object' } })
  async read(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const body = await this.reader.read(name);
    const lasts = name === 'timestamp.json' ? 'no-cache' : 'public, max-age=31536000, immutable';
    await reply
      .type('application/json')
      .headers({ 'cache-control': lasts, 'access-control-allow-origin': '*' })
      .send(body);
  }
}
