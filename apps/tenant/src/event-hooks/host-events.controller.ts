import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '#access';
import { HostEvent } from './hook-requests.js';
import { HostEventsService } from './host-events.service.js';

@ApiTags('Webhooks')
@Controller('host/events')
export class HostEventsController {
  constructor(private readonly events: HostEventsService) {}

  /**
   * The host platform tells what happened in the shop: running plugins and the shop's webhooks hear of it, and nobody else.
   * Telling it again under the same id changes nothing.
   */
  @Post()
  @HttpCode(202)
  @Requires('host')
  @ApiAcceptedResponse()
  async tell(@Body() event: HostEvent): Promise<void> {
    await this.events.tell(event);
  }
}
