import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '#access';
import { HubStatusService, type HubStatus } from './hub-status.service.js';

@ApiTags('Marketplace')
@Controller('admin/marketplace')
export class HubStatusController {
  constructor(private readonly hubStatus: HubStatusService) {}

  /** Whether the hub answers, and everything stale with its age. Asks the hub nothing. */
  @Get('status')
  @Requires('admin')
  async status(): Promise<HubStatus> {
    return this.hubStatus.status();
  }
}
