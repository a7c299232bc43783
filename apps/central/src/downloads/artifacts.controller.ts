import { Readable } from 'node:stream';
import { Public } from '@hansa/platform';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import parseRange from 'range-parser';
import { ArtifactStore } from '#storage';
import { DownloadError } from './downloads.errors.js';
import { DownloadsService } from './downloads.service.js';

export class ArtifactQuery {
  @IsString() @MaxLength(20) from!: string;
  @IsString() @MaxLength(20) expires!: string;
  @IsString() @MaxLength(64) kid!: string;
  @IsString() @MaxLength(64) sig!: string;
}

/** A year: the bytes behind a digest never change. */
const IMMUTABLE = 'private, max-age=31536000, immutable';

/** The bytes themselves, for whoever holds a signed URL. */
@ApiTags('Store')
@Controller('artifacts/sha256')
export class ArtifactsController {
  constructor(
    private readonly downloads: DownloadsService,
    private readonly store: ArtifactStore,
  ) {}

  /** The artifact, whole or the one range asked for (RFC 9110 §14); HEAD answers the same without the bytes. */
  @Get(':sha256')
  @Public()
  @ApiProduces('application/zip')
  async read(
    @Param('sha256') sha256: string,
    @Query() query: ArtifactQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { from, expires, kid, sig } = query;
    this.downloads.admit({ sha256, from, expires, kid, sig });
    const artifact = await this.store.find(sha256);
    if (!artifact) throw new DownloadError('RELEASE_NOT_FOUND');
    const { sizeBytes } = artifact;
    const etag = `"${sha256}"`;
    void reply.headers({
      etag,
      'accept-ranges': 'bytes',
      'cache-control': IMMUTABLE,
      'x-content-type-options': 'nosniff',
    });
    if (request.headers['if-none-match'] === etag) {
      await reply.code(304).send();
      return;
    }
    void reply.type('application/zip').header('content-disposition', 'attachment');
    const range = rangeOf(request, sizeBytes, etag);
    if (range === 'unsatisfiable') {
      await reply.code(416).header('content-range', `bytes */${sizeBytes}`).send();
      return;
    }
    const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
    if (range) void reply.code(206).header('content-range', `bytes ${start}-${end}/${sizeBytes}`);
    void reply.header('content-length', end - start + 1);
    // An empty stream and not nothing: Fastify would take that for a length of 0.
    await reply.send(request.method === 'HEAD' ? Readable.from([]) : this.store.open(sha256, { start, end }));
  }
}

/** The one range a request asks for. Several, or a range of another version (`If-Range`), mean the whole. */
function rangeOf(
  request: FastifyRequest,
  sizeBytes: number,
  etag: string,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const { range: header, 'if-range': condition } = request.headers;
  if (header === undefined || (condition !== undefined && condition !== etag)) return undefined;
  const ranges = parseRange(sizeBytes, header);
  if (ranges === -1) return 'unsatisfiable';
  const [only, second] = ranges === -2 || ranges.type !== 'bytes' ? [] : ranges;
  return second === undefined ? only : undefined;
}
