import { Public, RequestError } from '@hansa/platform';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { MarketCertificates } from './market-certificates.service.js';
import { MarketCall } from './market-refusal.js';
import {
  ClientQuery,
  DcvRequest,
  DcvResponse,
  MarketCertificateResponse,
  MarketCertificateStatusResponse,
} from './market.dto.js';
import { MarketRates } from './product-lane.js';

/** What a cPanel server asks about certificates (docs/protocol/market.md §8). */
@ApiTags('Market')
@Controller('api/market/v1')
export class MarketCertificatesController {
  constructor(
    private readonly certificates: MarketCertificates,
    private readonly rates: MarketRates,
  ) {}

  /** The certificate of an order item, or what it waits for. */
  @Get('order-items/:id/certificate')
  @MarketCall()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: MarketCertificateResponse })
  async certificate(
    @Param('id') id: string,
    @Query() { client_id }: ClientQuery,
    @Req() request: FastifyRequest,
  ): Promise<MarketCertificateResponse> {
    this.count(request);
    return this.certificates.answer(id, client_id);
  }

  /** How far it is, name by name. */
  @Get('order-items/:id/status')
  @MarketCall()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: MarketCertificateStatusResponse })
  async status(
    @Param('id') id: string,
    @Query() { client_id }: ClientQuery,
    @Req() request: FastifyRequest,
  ): Promise<MarketCertificateStatusResponse> {
    this.count(request);
    return this.certificates.status(id, client_id);
  }

  /** The file that proves control of the names of a certificate request. */
  @Post('dcv/prepare')
  @HttpCode(200)
  @MarketCall()
  @Public()
  @ApiOkResponse({ type: DcvResponse })
  async prepare(
    @Query() { client_id }: ClientQuery,
    @Body() body: DcvRequest,
    @Req() request: FastifyRequest,
  ): Promise<DcvResponse> {
    this.count(request);
    const { relativePath, filename, content } = await this.certificates.proofFile(client_id, body);
    return { http: { relative_path: relativePath, filename, content }, dns: [] };
  }

  /** Takes note that the file is not needed any more: it follows from the request, so nothing is kept of it here. */
  @Post('dcv/undo')
  @HttpCode(204)
  @MarketCall()
  @Public()
  @ApiNoContentResponse()
  async undo(
    @Query() { client_id }: ClientQuery,
    @Body() body: DcvRequest,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    this.count(request);
    await this.certificates.proofFile(client_id, body);
  }

  private count({ ip }: FastifyRequest): void {
    if (!this.rates.take(ip).allowed) throw new RequestError('RATE_LIMITED');
  }
}
