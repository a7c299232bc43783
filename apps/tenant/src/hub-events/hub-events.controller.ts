import { LICENSE_ISSUED } from '@hansa/contracts';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Signed } from '#access';
import { HubEventsService } from './hub-events.service.js';

interface Taken {
  /** False when this delivery was taken before. */
  readonly taken: boolean;
}

@ApiTags('Hub')
@Controller('admin/marketplace')
export class HubEventsController {
  constructor(private readonly events: HubEventsService) {}

  /** A license bought at the hub: kept, and its package installed (federation.md §3). */
  @Post('license-issued')
  @HttpCode(200)
  @Signed()
  async licenseIssued(@Req() request: FastifyRequest): Promise<Taken> {
    const { isNew } = await this.events.receive({ headers: request.headers, body: bytesOf(request) }, LICENSE_ISSUED);
    return { taken: isNew };
  }

  /** Every other event; one this tenant does not know is recorded. */
  @Post('events')
  @HttpCode(200)
  @Signed()
  async event(@Req() request: FastifyRequest): Promise<Taken> {
    const { isNew } = await this.events.receive({ headers: request.headers, body: bytesOf(request) });
    return { taken: isNew };
  }
}

/** The received bytes; none when a request came without a body, which no signature covers. */
function bytesOf({ rawBody }: FastifyRequest): Buffer {
  return rawBody ?? Buffer.alloc(0);
}
