import { DownloadResponse, HEADERS } from '@hansa/contracts';
import { Controller, Get, Header, Headers, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { IncomingHttpHeaders } from 'node:http';
import { Requires } from '#auth';
import { DownloadsService, type Credentials } from './downloads.service.js';

/** Where the bytes of a release are (federation.md §2). */
@ApiTags('Store')
@Controller('store/marketplace/download')
export class DownloadsController {
  constructor(private readonly downloads: DownloadsService) {}

  /** A signed address for some minutes; the id stands in the path raw, as two segments. */
  @Get(':vendor/:name/:version')
  @Requires('shop')
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: DownloadResponse })
  async open(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Param('version') version: string,
    @Headers() headers: IncomingHttpHeaders,
  ): Promise<DownloadResponse> {
    return this.downloads.open(`${vendor}/${name}`, version, credentialsOf(headers));
  }

  /** The same with the id percent-encoded, as one segment. */
  @Get(':marketplaceId/:version')
  @Requires('shop')
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: DownloadResponse })
  async openByEncodedId(
    @Param('marketplaceId') marketplaceId: string,
    @Param('version') version: string,
    @Headers() headers: IncomingHttpHeaders,
  ): Promise<DownloadResponse> {
    return this.downloads.open(marketplaceId, version, credentialsOf(headers));
  }
}

function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  return { licenseKey: single(headers[HEADERS.licenseKey]), instanceReference: single(headers[HEADERS.instanceId]) };
}

/** Node joins repeated headers; what is too long to be one is treated as absent. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 2_048 ? value : undefined;
}
